/// The round field of a retina in a photograph, in the photograph's pixels.
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
    private static let leastSupport = 0.4

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
    ///   - picture: The whole frame at its `searchSize`.
    ///   - source: The photograph's size.
    init?(in picture: RGBPicture, of source: (width: Int, height: Int)) {
        let unit = max(picture.width, picture.height)
        guard let part = LitPart(of: Plane(of: picture) { max($0, $1, $2) }) else { return nil }
        let points = part.borderPoints(margin: max(2, unit / 64))
        guard points.count >= FieldCircle.fewestPoints else { return nil }
        let isSquare = picture.width == picture.height && source.width == source.height
        var best: (circle: FieldCircle, stretch: Double, support: Double)?
        for stretch in isSquare ? Self.stretches : [1] {
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
        let scale = Double(max(source.width, source.height)) / Double(unit)
        x = best.circle.x / best.stretch * scale
        y = best.circle.y * scale
        radius = best.circle.radius * scale
        stretch = best.stretch
        support = best.support
    }

    /// The square around the field, a narrower rectangle where the photograph was squeezed.
    private var rectangle: PictureRectangle {
        func rounded(_ value: Double) -> Int { Int(value.rounded(.toNearestOrEven)) }
        let halfWidth = radius / stretch
        return PictureRectangle(
            x: rounded(x - halfWidth), y: rounded(y - radius), width: max(rounded(2 * halfWidth), 1),
            height: max(rounded(2 * radius), 1))
    }

    /// What is to be cut out of a photograph: its field, or the whole frame as a square, padded, where none is seen.
    ///
    /// - Parameters: as above.
    static func rectangle(in picture: RGBPicture, of source: (width: Int, height: Int)) -> PictureRectangle {
        let longest = max(source.width, source.height)
        if let field = RetinaField(in: picture, of: source), field.support >= leastSupport,
            field.radius > FieldCircle.radiusShares.lowerBound * Double(longest),
            field.radius < FieldCircle.radiusShares.upperBound * Double(longest)
        {
            return field.rectangle
        }
        func start(_ length: Int) -> Int { Int((Double(length - longest) / 2).rounded(.toNearestOrEven)) }
        return PictureRectangle(x: start(source.width), y: start(source.height), width: longest, height: longest)
    }
}
