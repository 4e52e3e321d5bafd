// SPDX-License-Identifier: Apache-2.0
/// The largest connected part of a picture that is lit, without what is thinner than three pixels: the retina's field, and
/// whatever touches it.
struct LitPart {
    private let width: Int
    private let height: Int
    /// [height × width]
    private let isInside: [Bool]
    /// The mean of its pixels' indices.
    let center: (x: Double, y: Double)

    /// Counts of brightness above the surround that are noise.
    private static let noise = 6.0
    /// From the surround to the middle of what is lit: vignetting makes the rim darker than the middle.
    private static let rimShare = 0.25
    private static let leastLitShare = 0.02
    private static let leastPartShare = 0.03

    /// Nil where too little is lit to be a field.
    ///
    /// - Parameter brightness: The largest of red, green and blue, 0…255, without fractions.
    init?(of brightness: Plane) {
        guard let level = Self.level(of: brightness) else { return nil }
        let lit = brightness.values.map { Double($0) > level }
        let opened = PixelMask(width: brightness.width, height: brightness.height, isSet: lit).opened()
        let part = opened.largestPart()
        guard !part.isEmpty, Double(part.count) >= Self.leastPartShare * Double(lit.count) else { return nil }
        width = brightness.width
        height = brightness.height
        var isInside = [Bool](repeating: false, count: lit.count)
        var (sumX, sumY) = (0, 0)
        for place in part {
            isInside[place] = true
            sumX += place % width
            sumY += place / width
        }
        self.isInside = isInside
        center = (Double(sumX) / Double(part.count), Double(sumY) / Double(part.count))
    }

    /// The brightness above which a pixel counts as lit.
    private static func level(of brightness: Plane) -> Double? {
        let surround = Double(FieldOfView.cornerLevel(of: brightness))
        // Brightness has 256 values only: counting them is faster than sorting pixels.
        var counts = [Int](repeating: 0, count: 256)
        for value in brightness.values where Double(value) > surround + noise { counts[Int(value)] += 1 }
        let count = counts.reduce(0, +)
        guard count > 0, Double(count) >= leastLitShare * Double(brightness.values.count) else { return nil }
        let median = Double(value(ofRank: (count - 1) / 2, in: counts) + value(ofRank: count / 2, in: counts)) / 2
        return surround + max(noise, rimShare * (median - surround))
    }

    private static func value(ofRank rank: Int, in counts: [Int]) -> Int {
        var passed = 0
        return counts.indices.first { value in
            passed += counts[value]
            return passed > rank
        } ?? 0
    }

    /// Where it begins and ends in each row, then in each column, at the outer edges of pixels; places within `margin` of the
    /// frame are left out: there the frame ends it, not the camera's stop.
    func borderPoints(margin: Int) -> [PicturePoint] {
        var points: [PicturePoint] = []
        for y in 0..<height {
            let isLit = { isInside[y * width + $0] }
            guard let first = (0..<width).first(where: isLit), let last = (0..<width).last(where: isLit) else {
                continue
            }
            if first >= margin { points.append(PicturePoint(x: Double(first), y: Double(y) + 0.5)) }
            if last < width - margin { points.append(PicturePoint(x: Double(last) + 1, y: Double(y) + 0.5)) }
        }
        for x in 0..<width {
            let isLit = { isInside[$0 * width + x] }
            guard let first = (0..<height).first(where: isLit), let last = (0..<height).last(where: isLit) else {
                continue
            }
            if first >= margin { points.append(PicturePoint(x: Double(x) + 0.5, y: Double(first))) }
            if last < height - margin { points.append(PicturePoint(x: Double(x) + 0.5, y: Double(last) + 1)) }
        }
        return points
    }
}

/// A place between pixels: pixel (0, 0) has its center at (0.5, 0.5).
struct PicturePoint {
    var x: Double
    var y: Double
}
