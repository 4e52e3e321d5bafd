// SPDX-License-Identifier: Apache-2.0
/// What is lit beside a retina's field: a name, a date, a logo.
struct WritingOutsideField {
    /// Where it is, and a little around: letters have soft borders.
    private let mask: PixelMask
    /// Red, green and blue of what is dark beside the field.
    let surround: [UInt8]

    /// A field that is seen less surely says nothing of what lies beside it.
    private static let leastSupport = 0.6
    /// Counts above the surround, and pixels. Of 585 photographs two have any: a camera wrote the date into them.
    private static let level: Float = 40
    private static let fewestPixels = 6
    /// Of what lies beside the field: where more of it is lit there is no surround, and no retina.
    private static let largestShare = 0.4
    /// Pixels around what is lit that count as its border.
    private static let border = 4

    /// Nil where nothing is lit.
    ///
    /// - Parameter field: Found in that picture.
    init?(beside field: RetinaField, in picture: RGBPicture) {
        guard field.support >= Self.leastSupport else { return nil }
        let brightness = Plane(of: picture) { max($0, $1, $2) }
        let level = FieldOfView.cornerLevel(of: brightness) + Self.level
        let beyondRim = Self.places(of: picture, beyond: 1.04 * field.radius + 2, from: field)
        let lit = beyondRim.filter { brightness.values[$0] > level }
        guard lit.count >= Self.fewestPixels,
            Double(lit.count) <= Self.largestShare * Double(beyondRim.count)
        else { return nil }
        surround = Self.meanColor(of: beyondRim.filter { brightness.values[$0] <= level }, in: picture)
        var marked = [Bool](repeating: false, count: picture.width * picture.height)
        for place in lit { marked[place] = true }
        var spread = PixelMask(width: picture.width, height: picture.height, isSet: marked)
        for _ in 0..<Self.border { spread = spread.spread() }
        var isSet = [Bool](repeating: false, count: marked.count)
        for place in Self.places(of: picture, beyond: 1.02 * field.radius + 1, from: field) {
            isSet[place] = spread.isSet[place]
        }
        mask = PixelMask(width: picture.width, height: picture.height, isSet: isSet)
    }

    /// A place outside the picture holds none.
    func contains(_ x: Int, _ y: Int) -> Bool {
        0..<mask.width ~= x && 0..<mask.height ~= y && mask.isSet[y * mask.width + x]
    }

    private static func places(of picture: RGBPicture, beyond radius: Double, from field: RetinaField) -> [Int] {
        (0..<picture.width * picture.height).filter { place in
            let (x, y) = (place % picture.width, place / picture.width)
            return field.distance(toX: Double(x) + 0.5, y: Double(y) + 0.5) > radius
        }
    }

    /// Black where there is none.
    private static func meanColor(of places: [Int], in picture: RGBPicture) -> [UInt8] {
        (0..<3).map { channel in
            let sum = places.reduce(0) { $0 + Int(picture.pixels[3 * $1 + channel]) }
            return UInt8(sum / max(places.count, 1))
        }
    }
}
