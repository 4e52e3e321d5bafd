// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

/// The two curves over all thresholds.
enum CurvePlots {
    /// Nil where a class is absent.
    static func roc(_ figures: EvaluationFigures) -> ReportFigure? {
        guard let curve = figures.roc else { return nil }
        let area = DisplayNumber.share(curve.areaUnderCurve)
        let interval = figures.areaUnderCurveInterval.map { ", 95 % interval \(DisplayNumber.interval($0))" } ?? ""
        let frame = PlotFrame(
            x: .percent("False alarms: normal images called disease (%)"),
            y: .percent("Sensitivity: disease called disease (%)"))
        var canvas = frame.canvas(
            identifier: "roc", title: "ROC curve", description: "Area under the curve \(area)\(interval).")
        let line = curve.corners.map { frame.point($0.falsePositiveRate, $0.truePositiveRate) }
        canvas.polygon(line + [frame.point(1, 0)], "area")
        canvas.line(frame.point(0, 0), frame.point(1, 1), "guess")
        canvas.polyline(line, "curve")
        if let choice = figures.choice { mark(choice.matrix, "target", frame, &canvas) }
        mark(figures.matrix, "chosen", frame, &canvas)
        canvas.text("AUC \(area)", at: frame.point(0.97, 0.16), .end, "value")
        canvas.text(DisplayNumber.interval(figures.areaUnderCurveInterval), at: frame.point(0.97, 0.09), .end, "tick")
        return ReportFigure(
            title: "What each threshold catches (ROC)",
            reading: """
                Each point of the line is one threshold. Higher catches more disease, further right alarms more \
                normal eyes; the dashed line is guessing. The filled mark is the threshold in use, the open one that for \
                \(DisplayNumber.percent(figures.choice?.target, places: 0)) sensitivity, with their 95 % intervals. AUC: \
                the chance that an image with disease scores above a normal one.
                """,
            picture: canvas.markup)
    }

    private static func mark(
        _ matrix: ConfusionMatrix, _ style: String, _ frame: PlotFrame, _ canvas: inout SVGCanvas
    ) {
        guard let specificity = matrix.specificity.value, let normal = matrix.specificity.interval,
            let sensitivity = matrix.sensitivity.value, let disease = matrix.sensitivity.interval
        else { return }
        frame.mark(
            (1 - specificity, 1 - normal.upper, 1 - normal.lower), (sensitivity, disease.lower, disease.upper), style,
            on: &canvas)
    }

    /// Nil where no image has disease.
    static func precisionRecall(_ figures: EvaluationFigures) -> ReportFigure? {
        guard let curve = figures.precisionRecall, let first = curve.points.first else { return nil }
        let average = DisplayNumber.share(curve.averagePrecision)
        let frame = PlotFrame(
            x: .percent("Sensitivity: disease called disease (%)"),
            y: .percent("PPV: called disease and is disease (%)"))
        var canvas = frame.canvas(
            identifier: "precision-recall", title: "Precision-recall curve",
            description: "Average precision \(average); guessing gives \(DisplayNumber.share(curve.prevalence)).")
        canvas.line(frame.point(0, curve.prevalence), frame.point(1, curve.prevalence), "guess")
        let corners = steps(curve.points, from: first.precision).map { frame.point($0.recall, $0.precision) }
        canvas.polyline(corners, "curve")
        if let choice = figures.choice { markPrecision(choice.matrix, "target", frame, &canvas) }
        markPrecision(figures.matrix, "chosen", frame, &canvas)
        canvas.text("average precision \(average)", at: frame.point(0.04, 0.05), .start, "value")
        return ReportFigure(
            title: "What an alarm is worth (precision and recall)",
            reading: """
                Further right catches more disease; higher means that more of the alarms are right. The dashed line is the \
                share of disease among these images, which a guess would reach. PPV falls where disease is rarer: see the \
                table of predictive values.
                """,
            picture: canvas.markup)
    }

    /// No line is drawn between two thresholds: precision holds until the next one.
    private static func steps(
        _ points: [PrecisionRecallCurve.Point], from first: Double
    ) -> [(recall: Double, precision: Double)] {
        var line = [(recall: 0.0, precision: first)]
        for point in points {
            if point.recall == line[line.count - 1].recall {
                line.append((point.recall, point.precision))
            } else {
                line += [(line[line.count - 1].recall, point.precision), (point.recall, point.precision)]
            }
        }
        return line
    }

    private static func markPrecision(
        _ matrix: ConfusionMatrix, _ style: String, _ frame: PlotFrame, _ canvas: inout SVGCanvas
    ) {
        guard let sensitivity = matrix.sensitivity.value, let caught = matrix.sensitivity.interval,
            let value = matrix.positivePredictiveValue.value, let right = matrix.positivePredictiveValue.interval
        else { return }
        frame.mark(
            (sensitivity, caught.lower, caught.upper), (value, right.lower, right.upper), style, on: &canvas)
    }
}
