// SPDX-License-Identifier: Apache-2.0
/// One axis of a plot: what it shows, in words and unit, from where to where.
struct PlotAxis {
    struct Tick {
        let value: Double
        let label: String
    }

    let label: String
    let range: ClosedRange<Double>
    let ticks: [Tick]

    /// 0 to 100 %, for shares.
    static func percent(_ label: String) -> PlotAxis {
        PlotAxis(
            label: label, range: 0...1,
            ticks: stride(from: 0, through: 100, by: 20).map { Tick(value: Double($0) / 100, label: "\($0)") })
    }

    /// 0 to 1, for probabilities.
    static func probability(_ label: String) -> PlotAxis {
        PlotAxis(
            label: label, range: 0...1,
            ticks: (0...5).map { Tick(value: Double($0) / 5, label: DisplayNumber.fixed(Double($0) / 5, 1)) })
    }

    /// From a number of decimals that suits the step; at most eight round steps.
    static func numbers(_ label: String, from least: Double, to greatest: Double) -> PlotAxis {
        let step = roundStep(max(greatest - least, 1e-9) / 8)
        let (first, last) = ((least / step).rounded(.down), (greatest / step).rounded(.up))
        let places = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3
        let ticks = stride(from: first, through: last, by: 1).map {
            Tick(value: $0 * step, label: DisplayNumber.fixed($0 * step, places))
        }
        return PlotAxis(label: label, range: first * step...max(last, first + 1) * step, ticks: ticks)
    }

    /// The smallest of 1, 2, 5 · 10ⁿ that is not below.
    private static func roundStep(_ raw: Double) -> Double {
        var decade = 1.0
        while decade > raw { decade /= 10 }
        while decade * 10 <= raw { decade *= 10 }
        return [1, 2, 5, 10].map { $0 * decade }.first { $0 >= raw } ?? 10 * decade
    }
}

/// Axes around an area, and where a value lies in it.
struct PlotFrame {
    static let width = 360.0
    static let height = 336.0
    private static let (left, top, right, bottom) = (48.0, 12.0, width - 14, height - 46)

    let x: PlotAxis
    let y: PlotAxis

    func point(_ x: Double, _ y: Double) -> SVGCanvas.Point {
        SVGCanvas.Point(x: horizontal(x), y: vertical(y))
    }

    private func horizontal(_ value: Double) -> Double {
        Self.left + share(value, x.range) * (Self.right - Self.left)
    }

    private func vertical(_ value: Double) -> Double {
        Self.bottom - share(value, y.range) * (Self.bottom - Self.top)
    }

    private func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        (min(max(value, range.lowerBound), range.upperBound) - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    /// A canvas with the axes drawn.
    func canvas(identifier: String, title: String, description: String) -> SVGCanvas {
        var canvas = SVGCanvas(
            width: Self.width, height: Self.height, identifier: identifier, title: title, description: description)
        for tick in x.ticks {
            let place = horizontal(tick.value)
            canvas.line(.init(x: place, y: Self.top), .init(x: place, y: Self.bottom), "grid")
            canvas.text(tick.label, at: .init(x: place, y: Self.bottom + 16), .middle, "tick")
        }
        for tick in y.ticks {
            let place = vertical(tick.value)
            canvas.line(.init(x: Self.left, y: place), .init(x: Self.right, y: place), "grid")
            canvas.text(tick.label, at: .init(x: Self.left - 7, y: place + 4), .end, "tick")
        }
        canvas.line(.init(x: Self.left, y: Self.bottom), .init(x: Self.right, y: Self.bottom), "axis")
        canvas.line(.init(x: Self.left, y: Self.top), .init(x: Self.left, y: Self.bottom), "axis")
        canvas.text(x.label, at: .init(x: (Self.left + Self.right) / 2, y: Self.height - 8), .middle, "label")
        canvas.upwardText(y.label, at: .init(x: 13, y: (Self.top + Self.bottom) / 2), "label")
        return canvas
    }

    /// A point with the two intervals through it.
    func mark(
        _ x: (value: Double, lower: Double, upper: Double), _ y: (value: Double, lower: Double, upper: Double),
        _ style: String, on canvas: inout SVGCanvas
    ) {
        canvas.line(point(x.lower, y.value), point(x.upper, y.value), "\(style) whisker")
        canvas.line(point(x.value, y.lower), point(x.value, y.upper), "\(style) whisker")
        canvas.circle(point(x.value, y.value), radius: 5, "\(style) mark")
    }
}
