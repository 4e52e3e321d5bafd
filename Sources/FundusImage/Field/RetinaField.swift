// SPDX-License-Identifier: Apache-2.0
/// The round field of a retina, in the pixels of the picture in which it was found, or moved to those of its photograph.
///
/// The field is the image of the camera's own stop: a circle, of which the frame, a notch, a stamp or darkness may hide a
/// part. It is looked for in a small picture of the whole frame. `Golden/field_crop.py` is the same in Python.
struct RetinaField {
    let x: Double
    let y: Double
    let radius: Double
    /// How much wider than high the photograph would be had nobody squeezed it into a square: 1 where nobody did.
    let stretch: Double
    /// As of `FieldCircle`, less a little where the photograph must have been squeezed.
    let support: Double

    /// Pixels of the longer side of the picture in which the field is looked for.
    static let searchSide = 256

    /// Widths over heights of frames that have been squeezed into squares.
    private static let stretches = [1, 1.06, 1.12, 1.18, 1.25, 4.0 / 3, 1.42, 1.5]
    /// A circle must be this much worse than an ellipse to be taken for one.
    private static let stretchPenalty = 0.1

    /// The size of the picture in which the field is looked for: the longer side at most `searchSide`.
    ///
    /// Halves round to even, here and below, as Python rounds.
    static func searchSize(of source: (width: Int, height: Int)) -> (width: Int, height: Int) {
        let longest = max(source.width, source.height)
        guard longest > searchSide else { return source }
        func side(_ length: Int) -> Int {
            max(1, Int((Double(length * searchSide) / Double(longest)).rounded(.toNearestOrEven)))
        }
        return (side(source.width), side(source.height))
    }

    /// Nil where no circle is seen.
    ///
    /// - Parameters:
    ///   - picture: The whole frame, small.
    ///   - mayBeSqueezed: Whether it is a square that somebody may have made of another shape.
    init?(in picture: RGBPicture, mayBeSqueezed: Bool) {
        let unit = max(picture.width, picture.height)
        guard let part = LitPart(of: Plane(of: picture) { max($0, $1, $2) }) else { return nil }
        let points = part.borderPoints(margin: max(2, unit / 64))
        guard points.count >= FieldCircle.fewestPoints else { return nil }
        var best: (circle: FieldCircle, stretch: Double, support: Double)?
        for stretch in mayBeSqueezed ? Self.stretches : [1] {
            // No ellipse can be better than this.
            if let best, best.support >= 1 - Self.stretchPenalty { break }
            let circle = FieldCircle(
                points.map { PicturePoint(x: $0.x * stretch, y: $0.y) },
                around: PicturePoint(x: part.center.x * stretch, y: part.center.y),
                in: (Double(picture.width) * stretch, Double(picture.height)), unit: Double(unit))
            guard let circle else { continue }
            let support = circle.support - (stretch == 1 ? 0 : Self.stretchPenalty)
            if support > best?.support ?? -.infinity { best = (circle, stretch, support) }
        }
        guard let best else { return nil }
        x = best.circle.x / best.stretch
        y = best.circle.y
        radius = best.circle.radius
        stretch = best.stretch
        support = best.support
    }

    private init(x: Double, y: Double, radius: Double, like other: RetinaField) {
        self.x = x
        self.y = y
        self.radius = radius
        stretch = other.stretch
        support = other.support
    }

    /// The same field where the picture is a part of another one, `scale` times as large.
    func moved(by offset: (x: Double, y: Double), scaled scale: Double) -> RetinaField {
        RetinaField(x: (x + offset.x) * scale, y: (y + offset.y) * scale, radius: radius * scale, like: self)
    }

    /// From the field's center, as long as the radius at its border.
    func distance(toX column: Double, y row: Double) -> Double {
        let (across, down) = ((column - x) * stretch, row - y)
        return (across * across + down * down).squareRoot()
    }

    /// The square around the field, a narrower rectangle where the photograph was squeezed.
    var rectangle: PictureRectangle {
        func rounded(_ value: Double) -> Int { Int(value.rounded(.toNearestOrEven)) }
        let halfWidth = radius / stretch
        return PictureRectangle(
            x: rounded(x - halfWidth), y: rounded(y - radius), width: max(rounded(2 * halfWidth), 1),
            height: max(rounded(2 * radius), 1))
    }
}
