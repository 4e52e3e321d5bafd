// SPDX-License-Identifier: Apache-2.0
package import FundusImage

/// A drawn eye somewhere in a black frame, with whatever else cameras and viewers leave there.
package struct EyeInFrame: Sendable {
    package private(set) var picture: RGBPicture
    /// The field's circle, in pixels.
    package let x: Double
    package let y: Double
    package let radius: Double

    /// - Parameters:
    ///   - side: Of the square that the eye is drawn in; the field is a little smaller.
    ///   - place: Where that square's upper left corner lies; it may reach beyond the frame.
    ///   - light: A factor for each sample.
    package init(
        seed: UInt64 = 1, side: Int, at place: (x: Int, y: Int), in frame: (width: Int, height: Int),
        light: Double = 1
    ) {
        let eye = SyntheticEye(seed: seed, width: side, height: side).picture
        picture = RGBPicture(
            width: frame.width, height: frame.height,
            pixels: [UInt8](repeating: 0, count: 3 * frame.width * frame.height))
        x = Double(place.x) + Double(side) / 2
        y = Double(place.y) + Double(side) / 2
        radius = FieldPoint.radiusShare * Double(side)
        draw(columns: place.x..<place.x + side, rows: place.y..<place.y + side) { x, y in
            let start = 3 * ((y - place.y) * side + x - place.x)
            return eye.pixels[start..<start + 3].map { UInt8(Double($0) * light) }
        }
    }

    /// Covers a rectangle with one gray, such as a strip with a name or a notch.
    package func covering(columns: Range<Int>, rows: Range<Int>, gray: UInt8) -> EyeInFrame {
        var copy = self
        copy.draw(columns: columns, rows: rows) { _, _ in [gray, gray, gray] }
        return copy
    }

    /// Covers what lies within so many pixels of the frame's edges.
    package func framed(by width: Int, gray: UInt8) -> EyeInFrame {
        let (columns, rows) = (0..<picture.width, 0..<picture.height)
        return covering(columns: columns, rows: rows.prefix(width), gray: gray)
            .covering(columns: columns, rows: rows.suffix(width), gray: gray)
            .covering(columns: columns.prefix(width), rows: rows, gray: gray)
            .covering(columns: columns.suffix(width), rows: rows, gray: gray)
    }

    /// Writes lines of marks into a rectangle, on what is there.
    package func withText(columns: Range<Int>, rows: Range<Int>, gray: UInt8 = 240) -> EyeInFrame {
        var copy = self
        for top in stride(from: rows.lowerBound, to: rows.upperBound - 7, by: 12) {
            for left in stride(from: columns.lowerBound, to: columns.upperBound - 5, by: 7) {
                copy.draw(columns: left..<left + 5, rows: top..<top + 7) { x, y in
                    // Strokes of a letter that no alphabet has.
                    (x + y * y) % 3 == 0 || x == left ? [gray, gray, gray] : nil
                }
            }
        }
        return copy
    }

    private mutating func draw(columns: Range<Int>, rows: Range<Int>, _ color: (Int, Int) -> [UInt8]?) {
        var pixels = picture.pixels
        for y in rows.clamped(to: 0..<picture.height) {
            for x in columns.clamped(to: 0..<picture.width) {
                guard let color = color(x, y) else { continue }
                let place = 3 * (y * picture.width + x)
                pixels.replaceSubrange(place..<place + 3, with: color)
            }
        }
        picture = RGBPicture(width: picture.width, height: picture.height, pixels: pixels)
    }
}
