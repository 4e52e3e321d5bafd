// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Report

@Suite struct SVGCanvasTests {
    private func canvas() -> SVGCanvas {
        SVGCanvas(width: 10, height: 10, identifier: "a", title: "A & B", description: "<c>")
    }

    @Test func `a line through a hundred thousand points has no more than can be seen`() {
        var canvas = canvas()
        canvas.polyline((0...100_000).map { .init(x: Double($0) / 1e4, y: -0.04) }, "curve")
        #expect(canvas.markup.contains("points=\"0,0 0.1,0 0.2,0"))
        #expect(canvas.markup.utf8.count < 1500)
    }

    @Test func `titles are text, and numbers are SVG's`() {
        var canvas = canvas()
        canvas.rectangle(.init(x: -1.25, y: 2), width: 3, height: 4.449, "r", opacity: 0.5)
        #expect(canvas.markup.contains("<title id=\"a-title\">A &amp; B</title>"))
        #expect(canvas.markup.contains("<desc id=\"a-text\">&lt;c&gt;</desc>"))
        #expect(
            canvas.markup.contains(
                "<rect class=\"r\" fill-opacity=\"0.500\" x=\"-1.3\" y=\"2\" width=\"3\" height=\"4.4\"/>"))
    }
}
