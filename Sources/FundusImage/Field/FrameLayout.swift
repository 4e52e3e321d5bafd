// SPDX-License-Identifier: Apache-2.0
/// What lies where in a photograph's whole frame: the retina's field, and whatever people and machines have put beside it.
///
/// Writing outside the field is none of the eye's: it is left out of what is judged, and told. `Golden/field_crop.py` is the
/// same in Python.
struct FrameLayout {
    /// Of the photograph.
    private let source: (width: Int, height: Int)
    /// The photograph without strips at its edges, in its pixels.
    private let inner: PictureRectangle
    /// Nil where no field is seen.
    let field: RetinaField?
    /// Beside the field, in the small picture without its strips.
    private let writing: WritingOutsideField?
    /// What the small picture's pixels are in the photograph: from which on, and how large.
    private let shown: (x: Int, y: Int, across: Double, down: Double)

    private static let leastSupport = 0.4

    /// - Parameters:
    ///   - picture: The whole frame at its `RetinaField.searchSize`, or squeezed.
    ///   - source: The photograph's size.
    init(in picture: RGBPicture, of source: (width: Int, height: Int)) {
        self.source = source
        let strips = EdgeStrips(in: picture)
        let place = strips.inner(of: (picture.width, picture.height))
        let part = strips.isEmpty ? picture : picture.cut(to: place)
        let scale = Double(max(source.width, source.height)) / Double(max(picture.width, picture.height))
        inner = strips.isEmpty ? PictureRectangle(wholeOf: source) : Self.scaled(place, in: picture, to: source)
        // A strip leaves a square that is not one to the pixel.
        let slack = strips.isEmpty ? 0 : 2
        let isSquare =
            abs(part.width - part.height) <= slack
            && (!strips.isEmpty || source.width == source.height)
        let found = RetinaField(in: part, mayBeSqueezed: isSquare)
        writing = found.flatMap { WritingOutsideField(beside: $0, in: part) }
        field = found.map { $0.moved(by: (Double(place.x), Double(place.y)), scaled: scale) }
        shown = (
            place.x, place.y, Double(source.width) / Double(picture.width),
            Double(source.height) / Double(picture.height)
        )
    }

    /// Where a part of the small picture lies in the photograph.
    private static func scaled(
        _ part: PictureRectangle, in picture: RGBPicture, to source: (width: Int, height: Int)
    ) -> PictureRectangle {
        let across = Double(source.width) / Double(picture.width)
        let down = Double(source.height) / Double(picture.height)
        let (left, top) = ((Double(part.x) * across).rounded(.up), (Double(part.y) * down).rounded(.up))
        let right = (Double(part.x + part.width) * across).rounded(.down)
        let bottom = (Double(part.y + part.height) * down).rounded(.down)
        return PictureRectangle(
            x: Int(left), y: Int(top), width: max(Int(right - left), 1), height: max(Int(bottom - top), 1))
    }

    /// What is to be cut out of the photograph: its field, or as much as there is as a square, padded, where none is seen.
    var rectangle: PictureRectangle {
        let longest = max(inner.width, inner.height)
        if let field, field.support >= Self.leastSupport,
            field.radius > FieldCircle.radiusShares.lowerBound * Double(longest),
            field.radius < FieldCircle.radiusShares.upperBound * Double(longest)
        {
            return field.rectangle
        }
        func start(_ length: Int) -> Int { Int((Double(length - longest) / 2).rounded(.toNearestOrEven)) }
        return PictureRectangle(
            x: inner.x + start(inner.width), y: inner.y + start(inner.height), width: longest, height: longest)
    }

    /// Whether something is lit outside the field: a name, a logo, an information strip, a white frame.
    var hasWriting: Bool { writing != nil || inner != PictureRectangle(wholeOf: source) }

    /// A picture of a part of the photograph, dark as the surround where writing is.
    ///
    /// - Parameter part: What the picture shows, in the photograph's pixels; it may reach beyond the frame.
    func withoutWriting(_ picture: RGBPicture, showing part: PictureRectangle) -> RGBPicture {
        guard hasWriting else { return picture }
        let across = Double(part.width) / Double(picture.width)
        let down = Double(part.height) / Double(picture.height)
        let surround = writing?.surround ?? [0, 0, 0]
        var pixels = picture.pixels
        for row in 0..<picture.height {
            let y = Double(part.y) + (Double(row) + 0.5) * down
            for column in 0..<picture.width {
                let x = Double(part.x) + (Double(column) + 0.5) * across
                guard !inner.contains(x: x, y: y) || isWriting(x, y) else { continue }
                let start = 3 * (row * picture.width + column)
                for channel in 0..<3 { pixels[start + channel] = surround[channel] }
            }
        }
        return RGBPicture(width: picture.width, height: picture.height, pixels: pixels)
    }

    private func isWriting(_ x: Double, _ y: Double) -> Bool {
        writing?.contains(Int(x / shown.across) - shown.x, Int(y / shown.down) - shown.y) ?? false
    }
}
