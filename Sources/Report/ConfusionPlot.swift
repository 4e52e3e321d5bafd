// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

/// The four counts at the threshold, each cell as dark as its share of its row.
enum ConfusionPlot {
    private static let (left, top, cellWidth, cellHeight) = (84.0, 44.0, 130.0, 132.0)

    static func figure(_ matrix: ConfusionMatrix) -> ReportFigure {
        var canvas = SVGCanvas(
            width: PlotFrame.width, height: 320, identifier: "confusion", title: "Confusion matrix",
            description: """
                Disease: \(matrix.truePositives) called disease, \(matrix.falseNegatives) called normal. Normal: \
                \(matrix.falsePositives) called disease, \(matrix.trueNegatives) called normal.
                """)
        canvas.text("called disease", at: .init(x: left + cellWidth / 2, y: top - 12), .middle, "label")
        canvas.text("called normal", at: .init(x: left + 1.5 * cellWidth, y: top - 12), .middle, "label")
        row(0, "disease", matrix.sensitivity.trials, &canvas)
        row(1, "normal", matrix.specificity.trials, &canvas)
        cell(0, 0, matrix.sensitivity, matrix.truePositives, "caught", &canvas)
        cell(0, 1, matrix.sensitivity, matrix.falseNegatives, "missed", &canvas)
        cell(1, 0, matrix.specificity, matrix.falsePositives, "false alarm", &canvas)
        cell(1, 1, matrix.specificity, matrix.trueNegatives, "cleared", &canvas)
        return ReportFigure(
            title: "What was called what (confusion matrix)",
            reading: """
                Rows are the truth, columns what the model called it. Blue cells are right, orange ones wrong; the more of \
                its row a cell holds, the darker it is.
                """,
            picture: canvas.markup)
    }

    private static func row(_ row: Int, _ name: String, _ count: Int, _ canvas: inout SVGCanvas) {
        let middle = top + (Double(row) + 0.5) * cellHeight
        canvas.text(name, at: .init(x: left - 10, y: middle), .end, "label")
        canvas.text("\(count)", at: .init(x: left - 10, y: middle + 17), .end, "tick")
    }

    private static func cell(
        _ row: Int, _ column: Int, _ right: Proportion, _ count: Int, _ name: String, _ canvas: inout SVGCanvas
    ) {
        let share = right.trials > 0 ? Double(count) / Double(right.trials) : 0
        let corner = SVGCanvas.Point(
            x: left + Double(column) * cellWidth, y: top + Double(row) * cellHeight)
        let middle = (x: corner.x + cellWidth / 2, y: corner.y + cellHeight / 2)
        canvas.rectangle(
            .init(x: corner.x + 2, y: corner.y + 2), width: cellWidth - 4, height: cellHeight - 4,
            row == column ? "right-cell" : "wrong-cell", opacity: 0.08 + 0.47 * share)
        canvas.text("\(count)", at: .init(x: middle.x, y: middle.y - 4), .middle, "count")
        canvas.text(
            right.trials > 0 ? "\(name), \(DisplayNumber.percent(share))" : name,
            at: .init(x: middle.x, y: middle.y + 20), .middle, "share")
    }
}
