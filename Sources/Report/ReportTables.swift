// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

/// The page's tables.
extension EvaluationReport {
    var figureTable: ReportTable {
        let (matrix, bootstrap) = (figures.matrix, figures.bootstrap)
        let rows: [(String, Proportion, Interval?, String)] = [
            ("Sensitivity", matrix.sensitivity, bootstrap.sensitivity, "of images with disease, called disease"),
            ("Specificity", matrix.specificity, bootstrap.specificity, "of normal images, called normal"),
            (
                "PPV", matrix.positivePredictiveValue, bootstrap.positivePredictiveValue,
                "of those called disease, right"
            ),
            ("NPV", matrix.negativePredictiveValue, bootstrap.negativePredictiveValue, "of those called normal, right"),
            ("Accuracy", matrix.accuracy, bootstrap.accuracy, "of all, right"),
        ]
        let area = figures.roc?.areaUnderCurve
        return ReportTable(
            caption: "Figures at the threshold in use, with 95 % intervals",
            columns: [
                .text("Figure"), .number("Value"), .number("Interval"), .number("Interval by \(unit)"),
                .text("Counted"),
            ],
            rows: rows.map { name, proportion, byGroup, meaning in
                .init(cells: [
                    name, DisplayNumber.percent(proportion.value), DisplayNumber.percentInterval(proportion.interval),
                    DisplayNumber.percentInterval(byGroup),
                    "\(proportion.successes) of \(proportion.trials) \(meaning)",
                ])
            } + [
                .init(cells: [
                    "F1", DisplayNumber.share(matrix.f1), "–", DisplayNumber.interval(bootstrap.f1),
                    "harmonic mean of sensitivity and PPV",
                ]),
                .init(cells: [
                    "AUC", DisplayNumber.share(area), DisplayNumber.interval(figures.areaUnderCurveInterval),
                    DisplayNumber.interval(bootstrap.areaUnderCurve), "over all thresholds",
                ]),
                .init(cells: [
                    "Average precision", DisplayNumber.share(figures.precisionRecall?.averagePrecision), "–",
                    DisplayNumber.interval(bootstrap.averagePrecision), "over all thresholds",
                ]),
            ])
    }

    func serviceTable(_ service: InServiceFigures) -> ReportTable {
        func row(_ name: String, _ here: Proportion, _ there: InServiceFigures.Figure) -> ReportTable.Row {
            ReportTable.Row(cells: [
                name, DisplayNumber.percent(there.value),
                DisplayNumber.percentInterval(Interval(lower: there.lower, upper: there.upper)),
                DisplayNumber.percent(here.value), DisplayNumber.percentInterval(here.interval),
            ])
        }
        return ReportTable(
            caption:
                "In service, from \(DisplayNumber.count(service.answers, "answer")) of people, beside these images",
            columns: [
                .text("Figure"), .number("In service"), .number("95 % interval"), .number("These images"),
                .number("95 % interval"),
            ],
            rows: [
                row("Sensitivity", figures.matrix.sensitivity, service.sensitivity),
                row("Specificity", figures.matrix.specificity, service.specificity),
            ])
    }

    var decisionTable: ReportTable {
        ReportTable(
            caption: "What other thresholds would do with these \(figures.samples.count) images",
            columns: [
                .number("P(disease)\u{A0}≥"), .number("Referred"), .number("Sensitivity"), .number("Missed"),
                .number("Specificity"), .number("False alarms"), .number("PPV"), .number("NPV"), .text("Remark"),
            ],
            rows: figures.decisions.map { decision in
                let matrix = decision.matrix
                let note = note(on: decision.threshold)
                return .init(
                    cells: [
                        DisplayNumber.threshold(decision.threshold),
                        DisplayNumber.percent(Double(matrix.calledDisease) / Double(matrix.count)),
                        DisplayNumber.percent(matrix.sensitivity.value), "\(matrix.falseNegatives)",
                        DisplayNumber.percent(matrix.specificity.value), "\(matrix.falsePositives)",
                        DisplayNumber.percent(matrix.positivePredictiveValue.value),
                        DisplayNumber.percent(matrix.negativePredictiveValue.value), note,
                    ], isMarked: !note.isEmpty)
            })
    }

    private func note(on threshold: Double) -> String {
        var notes: [String] = []
        if threshold == figures.threshold { notes.append("in use") }
        if let choice = figures.choice, choice.threshold == threshold {
            notes.append("for \(DisplayNumber.percent(choice.target, places: 0)) sensitivity")
        }
        return notes.joined(separator: ", ")
    }

    /// Sensitivity and specificity carry over to another place, as far as its people are alike; PPV and NPV do not.
    var prevalenceTable: ReportTable {
        let here = Double(figures.samples.diseaseCount) / Double(figures.samples.count)
        return ReportTable(
            caption: "Predictive values where disease is rarer or more frequent than among these images",
            columns: [
                .text("Ill people"), .number("PPV: alarms that are right"), .number("NPV: all-clears that are right"),
                .number("Missed of 1000 people"),
            ],
            rows: Set([0.01, 0.02, 0.05, 0.1, 0.2, 0.4, here]).sorted().map { prevalence in
                let values = figures.matrix.predictiveValues(atPrevalence: prevalence)
                let missed = figures.matrix.sensitivity.value.map { 1000 * prevalence * (1 - $0) }
                return .init(
                    cells: [
                        DisplayNumber.percent(prevalence, places: prevalence == here ? 1 : 0)
                            + (prevalence == here ? " (these images)" : ""),
                        DisplayNumber.percent(values.positive), DisplayNumber.percent(values.negative),
                        missed.map { DisplayNumber.fixed($0, 1) } ?? "–",
                    ], isMarked: prevalence == here)
            })
    }

    var targetTable: ReportTable? {
        guard let choice = figures.choice else { return nil }
        let target = DisplayNumber.percent(choice.target, places: 0)
        func row(_ name: String, _ threshold: Double, _ matrix: ConfusionMatrix) -> ReportTable.Row {
            func cell(_ proportion: Proportion) -> String {
                "\(DisplayNumber.percent(proportion.value)) (\(DisplayNumber.percentInterval(proportion.interval)))"
            }
            return .init(cells: [
                name, DisplayNumber.threshold(threshold), cell(matrix.sensitivity), cell(matrix.specificity),
            ])
        }
        return ReportTable(
            caption: "The highest threshold that reaches \(target) sensitivity, and whether it holds on other \(units)",
            columns: [
                .text("Chosen on, measured on"), .number("P(disease)\u{A0}≥"), .number("Sensitivity"),
                .number("Specificity"),
            ],
            rows: [row("all, the same", choice.threshold, choice.matrix)]
                + zip(["first half, second half", "second half, first half"], figures.heldOutChoices).map {
                    row($0, $1.choice.threshold, $1.matrix)
                })
    }

    var subgroupTable: ReportTable? {
        if subgroups.isEmpty { return nil }
        return ReportTable(
            caption: "The same model and threshold on parts of the images",
            columns: [
                .text("Part"), .number("Disease"), .number("Normal"), .number("AUC"), .number("Sensitivity"),
                .number("Specificity"),
            ],
            rows: subgroups.map { part in
                func cell(_ proportion: Proportion) -> String {
                    guard proportion.trials > 0 else { return "–" }
                    let interval = DisplayNumber.percentInterval(proportion.interval)
                    return "\(DisplayNumber.percent(proportion.value)) (\(interval))"
                }
                let interval = part.areaUnderCurveInterval.map { " (\(DisplayNumber.interval($0)))" } ?? ""
                return .init(cells: [
                    "\(part.division) \(part.name)", "\(part.diseaseCount)", "\(part.normalCount)",
                    DisplayNumber.share(part.areaUnderCurve) + interval, cell(part.matrix.sensitivity),
                    cell(part.matrix.specificity),
                ])
            })
    }

    var gradableTable: ReportTable? {
        guard let gradable = gradableOnly else { return nil }
        func row(_ name: String, _ figures: EvaluationFigures) -> ReportTable.Row {
            .init(cells: [
                name, "\(figures.samples.count)", DisplayNumber.share(figures.roc?.areaUnderCurve),
                DisplayNumber.percent(figures.matrix.sensitivity.value),
                DisplayNumber.percent(figures.matrix.specificity.value),
            ])
        }
        return ReportTable(
            caption: "With and without the \(ungradableCount) that the daemon would send back as ungradable",
            columns: [
                .text("Images"), .number("Number"), .number("AUC"), .number("Sensitivity"), .number("Specificity"),
            ],
            rows: [row("all", figures), row("gradable only", gradable)])
    }

    var calibrationTable: ReportTable {
        let (before, after) = (figures.calibration, figures.calibrationAfterScaling)
        func row(_ name: String, _ figure: (Calibration) -> Double) -> ReportTable.Row {
            .init(cells: [name, DisplayNumber.share(figure(before)), DisplayNumber.share(after.map(figure))])
        }
        return ReportTable(
            caption: "Smaller is better: as the model gives P(disease), and after temperature scaling",
            columns: [.text("Figure"), .number("As given"), .number("Scaled")],
            rows: [
                row("Calibration error, bins of equal width", \.expectedCalibrationError),
                row("Calibration error, bins of equal numbers", \.equalMassCalibrationError),
                row("Brier score", \.brierScore), row("Log loss", \.logLoss),
            ])
    }
}
