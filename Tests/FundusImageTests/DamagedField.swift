// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import FundusImage

/// What is measured in the field of a drawn eye, damaged or not: within 85 % of its radius.
struct DamagedField {
    let picture: RGBPicture
    private let luminance: Plane
    private let inside: [Int]

    init(_ picture: RGBPicture) {
        self.picture = picture
        luminance = Plane(of: picture) { 0.299 * $0 + 0.587 * $1 + 0.114 * $2 }
        let (width, radius) = (picture.width, 0.48 * 0.85 * Double(picture.width))
        inside = luminance.values.indices.filter { place in
            let (x, y) = (Double(place % width) - Double(width) / 2, Double(place / width) - Double(width) / 2)
            return x * x + y * y < radius * radius
        }
    }

    var meanLuminance: Double { inside.reduce(0) { $0 + Double(luminance.values[$1]) } / Double(inside.count) }

    /// Standard deviation of luminance.
    var deviation: Double { Self.deviation(inside.map { luminance.values[$0] }) }

    /// That of what differs from the mean of the 9 × 9 pixels around it.
    var detail: Double {
        let smooth = luminance.boxMean(radius: 4)
        return Self.deviation(inside.map { luminance.values[$0] - smooth.values[$0] })
    }

    var meanColor: SIMD3<Double> {
        inside.reduce(.zero) { sum, place in sum + SIMD3<Double>(color(place)) } / Double(inside.count)
    }

    /// The largest sample of the four corners' pixels.
    var corner: Int {
        let last = picture.width * picture.height - 1
        let corners = [0, picture.width - 1, last - picture.width + 1, last]
        return corners.map { Int(color($0).max()) }.max()!
    }

    /// Pixels whose red, green and blue are such.
    func share(where isSuch: (SIMD3<Int>) -> Bool) -> Double {
        Double(inside.count { isSuch(color($0)) }) / Double(inside.count)
    }

    /// Pixels that have less than a part of the luminance that they had.
    func share(below part: Float, of good: DamagedField) -> Double {
        Double(inside.count { luminance.values[$0] < part * good.luminance.values[$0] }) / Double(inside.count)
    }

    private func color(_ place: Int) -> SIMD3<Int> {
        SIMD3(Int(picture.pixels[3 * place]), Int(picture.pixels[3 * place + 1]), Int(picture.pixels[3 * place + 2]))
    }

    private static func deviation(_ values: [Float]) -> Double {
        let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
        return (values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)).squareRoot()
    }
}
