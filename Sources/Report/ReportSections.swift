// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

/// What stands between the page's header and its footer; a section without content is empty text.
extension EvaluationReport {
    private static func section(_ title: String, _ parts: [String?]) -> String {
        let parts = parts.compactMap(\.self).filter { !$0.isEmpty }
        if parts.isEmpty { return "" }
        return "<section>\n<h2>\(HTMLText.escaped(title))</h2>\n\(parts.joined(separator: "\n"))\n</section>"
    }

    private static func plots(_ figures: [ReportFigure?]) -> String {
        let figures = figures.compactMap(\.self)
        if figures.isEmpty { return "" }
        return "<div class=\"plots\">\n\(figures.map(\.markup).joined(separator: "\n"))\n</div>"
    }

    private static func paragraph(_ text: String) -> String { "<p>\(HTMLText.escaped(text))</p>" }

    var thresholdSection: String {
        Self.section(
            "At the threshold in use",
            [
                figureTable.markup,
                Self.paragraph(
                    """
                    Intervals: Wilson's for shares and DeLong's for the AUC, which take images for independent; by \(unit), a \
                    bootstrap that draws whole \(units) (\(question.figures.bootstrapReplicates) replicates).
                    """),
                Self.plots([ConfusionPlot.figure(figures.matrix), ProbabilityPlots.histogram(figures)]),
            ])
    }

    /// Beside the figures on these images: other people, and the disease as rare or as frequent as it is there.
    var serviceSection: String {
        let before = model.championInService.map {
            Self.paragraph("Of the champion when this model was trained: \($0)")
        }
        return Self.section(
            "Where it works",
            [inService.map(serviceTable)?.markup ?? Self.paragraph(InServiceFigures.unknown), before])
    }

    var curveSection: String {
        Self.section(
            "Over all thresholds", [Self.plots([CurvePlots.roc(figures), CurvePlots.precisionRecall(figures)])])
    }

    var targetSection: String {
        guard let choice = figures.choice, let table = targetTable else { return "" }
        let target = DisplayNumber.percent(choice.target, places: 0)
        return Self.section(
            "A threshold for \(target) sensitivity",
            [
                table.markup,
                Self.paragraph(
                    """
                    The first row flatters: threshold and sensitivity come from the same images. The other rows show \
                    what to expect elsewhere. To use it, set this threshold:
                    """),
                "<p><code>threshold: \(choice.threshold)</code></p>",
            ])
    }

    var decisionSection: String {
        Self.section("What each threshold costs", [decisionTable.markup, prevalenceTable.markup])
    }

    var probabilitySection: String {
        let scaling = figures.temperature
        let temperature = DisplayNumber.fixed(scaling.temperature, 2)
        let after = figures.calibrationAfterScaling.map {
            " Tried on \(hasGroups ? "people" : "images") it was not fitted on, it would take the calibration error from "
                + "\(DisplayNumber.share(figures.calibration.expectedCalibrationError)) to "
                + "\(DisplayNumber.share($0.expectedCalibrationError))."
        }
        let words =
            scaling.isAtLimit
            ? "No temperature makes these probabilities honest: the scores separate the classes fully, or tell nothing."
            : """
            Temperature scaling divides every logit by one number; \(temperature) fits these images best \
            (\(scaling.temperature > 1 ? "above" : "below") 1: the model is too \(scaling.temperature > 1 ? "" : "un")sure of \
            itself).\(after ?? "")
            """
        return Self.section(
            "Whether the probabilities can be believed",
            [
                """
                <div class="plots">
                \(ProbabilityPlots.reliability(figures).markup)
                <div>\(calibrationTable.markup)
                \(Self.paragraph(words))</div>
                </div>
                """
            ])
    }

    var subgroupSection: String {
        Self.section("Parts of the images", [subgroupTable?.markup, gradableTable?.markup])
    }

    var trainingSection: String {
        Self.section("How the model was trained", [Self.plots(history.map(TrainingPlots.figures) ?? [])])
    }

    var imageSection: String {
        var parts = [
            Self.paragraph(
                """
                \(DisplayNumber.count(images.count, "image")) judged, \(ungradableCount) of them ungradable to the daemon; \
                \(DisplayNumber.count(skipped.count, "file")) skipped; \(DisplayNumber.count(otherFileCount, "other file")) \
                left alone. Every probability is in predictions.csv, every figure in report.json.
                """)
        ]
        if !contradictions.isEmpty {
            parts.append(
                list(
                    "Pictures in both classes (\(contradictions.count)): one label of each must be wrong",
                    contradictions.map { $0.map(\.path).joined(separator: " = ") }))
        }
        if repeated.count > contradictions.count {
            parts.append(
                list(
                    "Pictures that are there more than once (\(repeated.count)), and count as often",
                    repeated.map { $0.map(\.path).joined(separator: " = ") }))
        }
        if !unread.isEmpty {
            parts.append(
                list(
                    "Files left alone (\(otherFileCount)), which are neither JPEG nor PNG",
                    unread.map {
                        "\($0.count) × \($0.kind): \($0.first.joined(separator: ", "))\($0.count > $0.first.count ? ", …" : "")"
                    }))
        }
        if !skipped.isEmpty {
            parts.append(list("Skipped files (\(skipped.count))", skipped.map { "\($0.path): \($0.reason)" }))
        }
        return Self.section("What was evaluated", parts)
    }

    /// At most a few hundred lines of a list: the rest is in report.json.
    private static let longestList = 200

    private func list(_ title: String, _ lines: [String]) -> String {
        let shown = lines.prefix(Self.longestList).map { "<li><code>\(HTMLText.escaped($0))</code></li>" }
        let rest =
            lines.count > shown.count ? "<p>… and \(lines.count - shown.count) more in report.json.</p>" : ""
        return """
            <details open><summary>\(HTMLText.escaped(title))</summary><ul>
            \(shown.joined(separator: "\n"))
            </ul>\(rest)</details>
            """
    }
}
