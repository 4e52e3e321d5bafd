// SPDX-License-Identifier: Apache-2.0
/// A rectangle in a picture's pixels, from its upper left corner. It may reach beyond the frame: what lies there is black.
package struct PictureRectangle: Sendable, Hashable, CustomStringConvertible {
    package let x: Int
    package let y: Int
    package let width: Int
    package let height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        precondition(width > 0 && height > 0, "a rectangle has at least one pixel")
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The whole frame of a picture.
    package init(wholeOf size: (width: Int, height: Int)) {
        self.init(x: 0, y: 0, width: size.width, height: size.height)
    }

    func contains(x column: Double, y row: Double) -> Bool {
        column >= Double(x) && column < Double(x + width) && row >= Double(y) && row < Double(y + height)
    }

    package var description: String { "\(width)×\(height) at (\(x), \(y))" }
}
