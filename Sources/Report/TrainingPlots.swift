// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

/// How the model's training went, where the model tells.
enum TrainingPlots {
    static func figures(_ history: TrainingHistory) -> [ReportFigure] {
        guard let last = history.epochs.last?.epoch, history.epochs.count > 1 else { return [] }
        return [loss(history, last), area(history, last)].compactMap(\.self)
    }

    private static func loss(_ history: TrainingHistory, _ last: Int) -> ReportFigure {
        let training = history.epochs.map { ($0.epoch, $0.trainLoss) }
        let holdout = history.epochs.compactMap { epoch in epoch.holdoutLoss.map { (epoch.epoch, $0) } }
        let greatest = (training + holdout).map(\.1).filter(\.isFinite).max() ?? 1
        let frame = PlotFrame(
            x: .epochs(to: last),
            y: .numbers("Loss: mean cross-entropy (nats)", from: 0, to: greatest))
        var canvas = frame.canvas(
            identifier: "loss", title: "Training loss",
            description: "Loss of \(history.epochs.count) epochs on the images trained on and on those held out.")
        draw(holdout, "holdout", frame, &canvas)
        draw(training, "curve", frame, &canvas)
        label("trained on", training, below: 20, "value", frame, &canvas)
        label("held out", holdout, below: -9, "value holdout-text", frame, &canvas)
        markBest(history, frame, &canvas)
        return ReportFigure(
            title: "How training went (loss)",
            reading: """
                Lower is better; 0.69 is a guess. Where the solid line (images trained on) goes on falling and the dashed \
                one (images held out) rises, the model learns by heart.\(bestSentence(history))
                """,
            picture: canvas.markup)
    }

    private static func area(_ history: TrainingHistory, _ last: Int) -> ReportFigure? {
        let areas = history.epochs.compactMap { epoch in epoch.holdoutAUC.map { (epoch.epoch, $0) } }
        guard areas.count > 1, let least = areas.map(\.1).min() else { return nil }
        let frame = PlotFrame(
            x: .epochs(to: last),
            y: .numbers("AUC for disease on the images held out", from: min(least, 0.5), to: 1))
        var canvas = frame.canvas(
            identifier: "training-auc", title: "AUC while training",
            description: "AUC on the images held out after each of \(history.epochs.count) epochs.")
        draw(areas, "curve", frame, &canvas)
        markBest(history, frame, &canvas)
        return ReportFigure(
            title: "How training went (AUC)",
            reading: "Higher is better; 0.5 is a guess, 1 tells every pair apart.\(bestSentence(history))",
            picture: canvas.markup)
    }

    private static func bestSentence(_ history: TrainingHistory) -> String {
        history.bestEpoch.map { " The vertical line is epoch \($0), whose weights were kept." } ?? ""
    }

    private static func draw(
        _ values: [(epoch: Int, value: Double)], _ style: String, _ frame: PlotFrame, _ canvas: inout SVGCanvas
    ) {
        let points = values.filter { $0.value.isFinite }.map { frame.point(Double($0.epoch), $0.value) }
        canvas.polyline(points, style)
        for point in points { canvas.circle(point, radius: 2.5, "\(style) dot") }
    }

    private static func label(
        _ words: String, _ values: [(epoch: Int, value: Double)], below: Double, _ style: String, _ frame: PlotFrame,
        _ canvas: inout SVGCanvas
    ) {
        guard let last = values.last(where: { $0.value.isFinite }) else { return }
        let point = frame.point(Double(last.epoch), last.value)
        canvas.text(words, at: .init(x: point.x - 2, y: point.y + below), .end, style)
    }

    private static func markBest(_ history: TrainingHistory, _ frame: PlotFrame, _ canvas: inout SVGCanvas) {
        guard let best = history.bestEpoch.map(Double.init) else { return }
        canvas.line(
            frame.point(best, frame.y.range.lowerBound), frame.point(best, frame.y.range.upperBound), "threshold")
    }
}

extension PlotAxis {
    /// From 1, in whole numbers.
    fileprivate static func epochs(to last: Int) -> PlotAxis {
        let step = (last + 7) / 8
        return PlotAxis(
            label: "Epoch: passes over the training images", range: 1...Double(max(last, 2)),
            ticks: stride(from: 1, through: last, by: max(step, 1)).map { Tick(value: Double($0), label: "\($0)") })
    }
}
