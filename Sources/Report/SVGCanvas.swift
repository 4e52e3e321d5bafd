// SPDX-License-Identifier: Apache-2.0
/// A small SVG picture that grows by simple shapes; colors come from the page's style by class, so dark mode and print work.
struct SVGCanvas {
    struct Point: Sendable, Equatable {
        var x: Double
        var y: Double
    }

    /// Where a text stands in relation to its point.
    enum Anchor: String {
        case start, middle, end
    }

    private let width: Double
    private let height: Double
    private let identifier: String
    private let title: String
    private let description: String
    private var shapes: [String] = []

    /// - Parameters:
    ///   - identifier: unique in the page.
    ///   - description: what the picture shows, for those who do not see it.
    init(width: Double, height: Double, identifier: String, title: String, description: String) {
        self.width = width
        self.height = height
        self.identifier = identifier
        self.title = title
        self.description = description
    }

    mutating func line(_ from: Point, _ to: Point, _ style: String) {
        shapes.append(
            """
            <line class="\(style)" x1="\(Self.text(from.x))" y1="\(Self.text(from.y))" x2="\(Self.text(to.x))" \
            y2="\(Self.text(to.y))"/>
            """)
    }

    mutating func polyline(_ points: [Point], _ style: String) {
        shapes.append("<polyline class=\"\(style)\" points=\"\(Self.list(points))\"/>")
    }

    mutating func polygon(_ points: [Point], _ style: String) {
        shapes.append("<polygon class=\"\(style)\" points=\"\(Self.list(points))\"/>")
    }

    /// - Parameter opacity: of the filling, 0…1.
    mutating func rectangle(_ corner: Point, width: Double, height: Double, _ style: String, opacity: Double = 1) {
        let shade = opacity == 1 ? "" : " fill-opacity=\"\(DisplayNumber.fixed(opacity, 3))\""
        shapes.append(
            """
            <rect class="\(style)"\(shade) x="\(Self.text(corner.x))" y="\(Self.text(corner.y))" \
            width="\(Self.text(width))" height="\(Self.text(height))"/>
            """)
    }

    mutating func circle(_ center: Point, radius: Double, _ style: String) {
        shapes.append(
            """
            <circle class="\(style)" cx="\(Self.text(center.x))" cy="\(Self.text(center.y))" r="\(Self.text(radius))"/>
            """)
    }

    mutating func text(_ words: String, at point: Point, _ anchor: Anchor, _ style: String = "") {
        shapes.append(
            """
            <text class="\(style)" text-anchor="\(anchor.rawValue)" x="\(Self.text(point.x))" \
            y="\(Self.text(point.y))">\(HTMLText.escaped(words))</text>
            """)
    }

    /// A text that reads from below to above, in the middle of the left side.
    mutating func upwardText(_ words: String, at point: Point, _ style: String) {
        let place = "\(Self.text(point.x)) \(Self.text(point.y))"
        shapes.append(
            """
            <text class="\(style)" text-anchor="middle" transform="translate(\(place)) rotate(-90)">\
            \(HTMLText.escaped(words))</text>
            """)
    }

    var markup: String {
        """
        <svg viewBox="0 0 \(Self.text(width)) \(Self.text(height))" role="img" \
        aria-labelledby="\(identifier)-title \(identifier)-text">
        <title id="\(identifier)-title">\(HTMLText.escaped(title))</title>
        <desc id="\(identifier)-text">\(HTMLText.escaped(description))</desc>
        \(shapes.joined(separator: "\n"))
        </svg>
        """
    }

    /// A tenth of a unit is finer than a screen's pixel.
    private static func text(_ value: Double) -> String {
        let number = DisplayNumber.fixed(value, 1).replacing("−", with: "-")
        return number.hasSuffix(".0") ? String(number.dropLast(2)) : number
    }

    /// Points that fall on the one before are left out: a curve over many thousands of images stays small.
    private static func list(_ points: [Point]) -> String {
        var places: [String] = []
        for point in points {
            let place = "\(text(point.x)),\(text(point.y))"
            if places.last != place { places.append(place) }
        }
        return places.joined(separator: " ")
    }
}
