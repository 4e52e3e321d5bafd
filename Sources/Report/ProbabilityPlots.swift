// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

/// How the probabilities are spread, and whether they mean what they say.
enum ProbabilityPlots {
    static func reliability(_ figures: EvaluationFigures) -> ReportFigure {
        let frame = PlotFrame(
            x: .probability("P(disease) that the model gave"), y: .percent("Images that have disease (%)"))
        let error = DisplayNumber.share(figures.calibration.expectedCalibrationError)
        var canvas = frame.canvas(
            identifier: "reliability", title: "Reliability diagram",
            description:
                "Expected calibration error \(error), Brier score \(DisplayNumber.share(figures.calibration.brierScore))."
        )
        canvas.line(frame.point(0, 0), frame.point(1, 1), "guess")
        for bin in figures.calibration.bins { draw(bin, "chosen", frame, &canvas) }
        for bin in figures.calibrationAfterScaling?.bins ?? [] { drawScaled(bin, frame, &canvas) }
        canvas.text("ECE \(error)", at: frame.point(0.04, 0.94), .start, "value")
        return ReportFigure(
            title: "How often P(disease) came true (reliability)",
            reading: """
                Filled marks: images of about the same P(disease), and how many of them have disease, with a 95 % interval. \
                On the dashed line, P means what it says; below it the model is too sure of disease, above it not sure \
                enough. Diamonds: the same after temperature scaling, with temperatures fitted on other \
                \(figures.samples.areGrouped ? "people" : "images"). ECE: mean distance from the line.
                """,
            picture: canvas.markup)
    }

    private static func draw(
        _ bin: Calibration.Bin, _ style: String, _ frame: PlotFrame, _ canvas: inout SVGCanvas
    ) {
        guard let share = bin.disease.value, let interval = bin.disease.interval else { return }
        let x = bin.meanProbability
        canvas.line(frame.point(x, interval.lower), frame.point(x, interval.upper), "\(style) whisker")
        canvas.circle(frame.point(x, share), radius: 4, "\(style) mark")
    }

    private static func drawScaled(_ bin: Calibration.Bin, _ frame: PlotFrame, _ canvas: inout SVGCanvas) {
        guard let share = bin.disease.value else { return }
        let middle = frame.point(bin.meanProbability, share)
        let corners = [(0.0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)].map {
            SVGCanvas.Point(x: middle.x + $0.0, y: middle.y + $0.1)
        }
        canvas.polygon(corners, "target mark")
    }

    private static let barCount = 20

    /// Disease upward, normal downward, so that color is not needed to tell them apart.
    static func histogram(_ figures: EvaluationFigures) -> ReportFigure {
        let samples = figures.samples
        var (disease, normal) = ([Int](repeating: 0, count: barCount), [Int](repeating: 0, count: barCount))
        for (score, isDisease) in zip(samples.scores, samples.isDisease) {
            let bar = min(Int(score * Double(barCount)), barCount - 1)
            if isDisease { disease[bar] += 1 } else { normal[bar] += 1 }
        }
        let (most, least) = (Double(max(disease.max() ?? 0, 1)), Double(max(normal.max() ?? 0, 1)))
        let frame = PlotFrame(
            x: .probability("P(disease) that the model gave"),
            y: .mirrored("Images: normal below, disease above", above: most, below: least))
        var canvas = frame.canvas(
            identifier: "histogram", title: "Scores by class",
            description: "Numbers of images by P(disease), in \(barCount) steps, for disease and for normal.")
        for bar in 0..<barCount {
            draw(disease[bar], bar, 1, "disease-bar", frame, &canvas)
            draw(normal[bar], bar, -1, "normal-bar", frame, &canvas)
        }
        let range = frame.y.range
        canvas.line(frame.point(0, 0), frame.point(1, 0), "axis")
        canvas.line(
            frame.point(figures.threshold, range.lowerBound), frame.point(figures.threshold, range.upperBound),
            "threshold")
        canvas.text("disease ↑", at: frame.point(0.985, range.upperBound * 0.9), .end, "value disease-text")
        canvas.text("normal ↓", at: frame.point(0.985, range.lowerBound * 0.95), .end, "value normal-text")
        return ReportFigure(
            title: "How the scores are spread",
            reading: """
                Bars upward are images with disease, downward normal ones. Right of the vertical line, the threshold in \
                use, images are called disease. The less the two overlap, the better the model tells them apart.
                """,
            picture: canvas.markup)
    }

    private static func draw(
        _ count: Int, _ bar: Int, _ sign: Double, _ style: String, _ frame: PlotFrame, _ canvas: inout SVGCanvas
    ) {
        if count == 0 { return }
        let (start, end) = (Double(bar) / Double(barCount), Double(bar + 1) / Double(barCount))
        let (first, second) = (frame.point(start, 0), frame.point(end, sign * Double(count)))
        canvas.rectangle(
            .init(x: first.x + 0.8, y: min(first.y, second.y)), width: second.x - first.x - 1.6,
            height: abs(first.y - second.y), style)
    }
}

extension PlotAxis {
    /// Counts in both directions from 0, both without sign.
    fileprivate static func mirrored(_ label: String, above: Double, below: Double) -> PlotAxis {
        let axis = numbers(label, from: -below, to: above)
        return PlotAxis(
            label: label, range: axis.range,
            ticks: axis.ticks.map { Tick(value: $0.value, label: String($0.label.drop { $0 == "−" })) })
    }
}
