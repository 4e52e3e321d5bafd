// SPDX-License-Identifier: Apache-2.0
/// What the grader looks at, measured on the picture of the size that the network sees.
struct PictureMeasures: Sendable {
    /// Luma, 0…255, that 99 of 100 pixels do not exceed.
    let highlight: Double
    /// Share of the field's pixels with luma above 235, near or at the sensor's end.
    let burntShare: Double
    /// Share of the field's pixels whose red is not below green, nor green below blue (within a few counts of noise): also 1 for gray.
    let warmShare: Double
    /// Whether red, green and blue differ in the field, and red is there: not so in gray, red-free and green-channel pictures.
    let isInColor: Bool
    /// Standard deviation of green's 3×3 mean about its 9×9 mean: vessels in an eye, everything in other pictures.
    let coarseDetail: Double
    /// Pixels that the light takes to rise from the surround to the field, median over the border; nil if unseen.
    let borderWidth: Double?
    let fieldArea: Double
    let fieldSolidity: Double
    let unlitCorners: Int

    init(of picture: RGBPicture) {
        let luma = Plane(of: picture) { 0.299 * $0 + 0.587 * $1 + 0.114 * $2 }
        let field = FieldOfView(brightness: Plane(of: picture) { max($0, $1, $2) })
        let core = field.core(margin: 8)
        let smooth = Plane(of: picture) { _, green, _ in green }.boxMean(radius: 1)
        let smoother = smooth.boxMean(radius: 4)
        highlight = Double(luma.quantile(0.99))
        burntShare = Self.mean(of: luma.map { $0 > 235 ? 1 : 0 }, in: field)
        warmShare = Self.mean(of: Plane(of: picture) { $0 >= $1 - 4 && $1 >= $2 - 8 ? 1 : 0 }, in: field)
        isInColor = Self.isInColor(picture, field)
        coarseDetail = Self.deviation(of: smooth, from: smoother, at: core)
        borderWidth = FieldBorder(of: field, luma: luma).width
        fieldArea = field.area
        fieldSolidity = field.solidity
        unlitCorners = field.unlitCorners
    }

    private static func isInColor(_ picture: RGBPicture, _ field: FieldOfView) -> Bool {
        let red = mean(of: Plane(of: picture) { red, _, _ in red }, in: field)
        let green = mean(of: Plane(of: picture) { _, green, _ in green }, in: field)
        let difference = mean(of: Plane(of: picture) { max($0, $1, $2) - min($0, $1, $2) }, in: field)
        let blue = mean(of: Plane(of: picture) { _, _, blue in blue }, in: field)
        return difference >= 4 && (red >= 0.5 * green || blue > green)
    }

    private static func mean(of plane: Plane, in field: FieldOfView) -> Double {
        var sum = 0.0
        var count = 0.0
        for i in plane.values.indices where field.mask.values[i] > 0 {
            sum += Double(plane.values[i])
            count += 1
        }
        return sum / max(count, 1)
    }

    private static func deviation(of plane: Plane, from mean: Plane, at pixels: [Int]) -> Double {
        guard !pixels.isEmpty else { return 0 }
        let squares = pixels.reduce(0.0) { sum, i in
            let difference = Double(plane.values[i] - mean.values[i])
            return sum + difference * difference
        }
        return (squares / Double(pixels.count)).squareRoot()
    }
}
