// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

extension EvaluationReport {
    /// What `fundusd evaluate` says on standard output.
    package var summary: String {
        ([introduction] + thresholdLines + targetLines + [calibrationLine] + gradableLines + subgroupLines)
            .joined(separator: "\n")
    }

    private var introduction: String {
        let samples = figures.samples
        let people = hasGroups ? " of \(samples.groupCount) people" : ""
        let skips = skipped.isEmpty ? "" : " \(DisplayNumber.count(skipped.count, "file")) skipped."
        return """
            Model \(model.id) on \(question.folder): \(DisplayNumber.count(samples.count, "image"))\(people), \
            \(samples.diseaseCount) with disease, \(samples.normalCount) normal.\(skips)
            Positive means disease. Intervals are at 95 %.
            AUC  \(areaText)
            """
    }

    private var areaText: String {
        guard let roc = figures.roc else { return "–  (one of the classes is absent)" }
        return "\(DisplayNumber.share(roc.areaUnderCurve))  (\(DisplayNumber.interval(figures.areaUnderCurveInterval)))"
    }

    private var thresholdLines: [String] {
        let matrix = figures.matrix
        let f1 = "F1           \(DisplayNumber.share(matrix.f1))  (\(DisplayNumber.interval(figures.bootstrap.f1)))"
        return [
            "", "At P(disease) ≥ \(question.figures.threshold) (\(question.thresholdOrigin)):",
            line("sensitivity", matrix.sensitivity, "of the images with disease are called disease (recall)"),
            line("specificity", matrix.specificity, "of the normal images are called normal"),
            line("PPV", matrix.positivePredictiveValue, "of those called disease have disease (precision)"),
            line("NPV", matrix.negativePredictiveValue, "of those called normal are normal"),
            line("accuracy", matrix.accuracy, "are called what they are"), f1,
        ]
    }

    private func line(_ name: String, _ proportion: Proportion, _ meaning: String) -> String {
        let padding = String(repeating: " ", count: 13 - name.count)
        return """
            \(name)\(padding)\(DisplayNumber.share(proportion.value))  (\(DisplayNumber.interval(proportion.interval)))  \
            \(proportion.successes) of \(proportion.trials) \(meaning)
            """
    }

    private var targetLines: [String] {
        guard let choice = figures.choice else { return [] }
        let heldOut = figures.heldOutChoices.map {
            """
              chosen on one half of the \(units) and tried on the other: sensitivity \
            \(DisplayNumber.share($0.matrix.sensitivity.value)) \
            (\(DisplayNumber.interval($0.matrix.sensitivity.interval))), specificity \
            \(DisplayNumber.share($0.matrix.specificity.value))
            """
        }
        let percent = DisplayNumber.fixed(100 * choice.target, choice.target == 0.95 ? 0 : 1)
        return [
            "",
            """
            For a sensitivity of \(percent) %: P(disease) ≥ \(choice.threshold), which costs specificity: \
            \(DisplayNumber.share(choice.matrix.specificity.value)) \
            (\(DisplayNumber.interval(choice.matrix.specificity.interval)))
            """,
        ] + heldOut
    }

    private var calibrationLine: String {
        let after = figures.calibrationAfterScaling.map {
            ", \(DisplayNumber.share($0.expectedCalibrationError)) with temperature \(DisplayNumber.fixed(figures.temperature.temperature, 2))"
        }
        return """

            Calibration error (ECE) \(DisplayNumber.share(figures.calibration.expectedCalibrationError))\(after ?? ""); \
            Brier score \(DisplayNumber.share(figures.calibration.brierScore))
            """
    }

    private var gradableLines: [String] {
        guard let gradable = gradableOnly else { return [] }
        let images = ungradableCount == 1 ? "image that is" : "images that are"
        return [
            """
            Without the \(ungradableCount) \(images) ungradable: AUC \(DisplayNumber.share(gradable.roc?.areaUnderCurve)), \
            sensitivity \(DisplayNumber.share(gradable.matrix.sensitivity.value)), specificity \
            \(DisplayNumber.share(gradable.matrix.specificity.value))
            """
        ]
    }

    private var subgroupLines: [String] {
        if subgroups.count < 2 { return [] }
        return [""]
            + subgroups.map {
                """
                \($0.division) \($0.name): \($0.diseaseCount) with disease, \($0.normalCount) normal, AUC \
                \(DisplayNumber.share($0.areaUnderCurve)), sensitivity \(DisplayNumber.share($0.matrix.sensitivity.value)), \
                specificity \(DisplayNumber.share($0.matrix.specificity.value))
                """
            }
    }
}
