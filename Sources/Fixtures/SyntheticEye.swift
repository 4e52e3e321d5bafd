// SPDX-License-Identifier: Apache-2.0
package import FundusImage
internal import Glibc

/// Draws a plausible fundus photograph: same seed and size, same pixels on every machine.
///
/// A disc-shaped orange field on black, darker toward its rim; a bright optic disc, vessels that branch from it, a dark
/// macula; bright lesions when asked for. It holds nobody's data, and the quality grader takes it for an eye.
package struct SyntheticEye: Sendable {
    package let seed: UInt64
    package let width: Int
    package let height: Int
    /// Bright spots as of exudates.
    package let lesionCount: Int

    package init(seed: UInt64, width: Int = 512, height: Int = 512, lesionCount: Int = 0) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        self.seed = seed
        self.width = width
        self.height = height
        self.lesionCount = lesionCount
    }

    package func jpeg(quality: Int = 90) -> [UInt8] { SyntheticPictures.encode(picture, quality: quality) }

    package var picture: RGBPicture {
        var generator = SeededGenerator(seed: seed)
        let anatomy = Anatomy(lesionCount: lesionCount, using: &generator)
        let vessels = VesselTree(from: anatomy.opticDisc, using: &generator).coverage(width: width, height: height)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let point = FieldPoint(x: x, y: y, width: width, height: height)
                let noise = Double.random(in: -3...3, using: &generator)
                let color = anatomy.color(at: point, vessel: vessels[y * width + x])
                pixels += color.map { UInt8(min(max($0 == 0 ? 0 : $0 + noise, 0), 255)) }
            }
        }
        return RGBPicture(width: width, height: height, pixels: pixels)
    }
}

/// A place in the field: the center is (0, 0), the rim is at distance 1.
struct FieldPoint: Sendable {
    var x: Double
    var y: Double

    /// The field's radius as a share of the picture's shorter side.
    static let radiusShare = 0.48

    init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    init(x: Int, y: Int, width: Int, height: Int) {
        let radius = Self.radiusShare * Double(min(width, height))
        self.x = (Double(x) + 0.5 - Double(width) / 2) / radius
        self.y = (Double(y) + 0.5 - Double(height) / 2) / radius
    }

    func distance(to other: FieldPoint) -> Double {
        ((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)).squareRoot()
    }
}

/// Where things are in one eye, and what color they have.
private struct Anatomy {
    let opticDisc: FieldPoint
    private let macula: FieldPoint
    private let lesions: [FieldPoint]
    private let tint: Double

    init(lesionCount: Int, using generator: inout SeededGenerator) {
        let side: Double = Bool.random(using: &generator) ? 1 : -1
        opticDisc = FieldPoint(
            x: side * .random(in: 0.45...0.55, using: &generator), y: .random(in: -0.08...0.08, using: &generator))
        macula = FieldPoint(x: -side * 0.1, y: 0.05)
        tint = .random(in: 0.9...1.1, using: &generator)
        var lesions: [FieldPoint] = []
        for _ in 0..<lesionCount {
            lesions.append(
                FieldPoint(
                    x: .random(in: -0.6...0.6, using: &generator), y: .random(in: -0.6...0.6, using: &generator)))
        }
        self.lesions = lesions
    }

    /// Red, green, blue on the scale 0…255; black outside the field.
    func color(at point: FieldPoint, vessel: Double) -> [Double] {
        let radius = point.distance(to: FieldPoint(x: 0, y: 0))
        guard radius < 1 else { return [0, 0, 0] }
        var color = [195, 100 * tint, 48 * tint]
        blend(&color, toward: [120, 45, 20], share: 0.7 * glow(point, around: macula, reach: 0.18))
        blend(&color, toward: [250, 215, 150], share: step(opticDisc.distance(to: point), edge: 0.15))
        for lesion in lesions {
            blend(&color, toward: [245, 225, 120], share: step(lesion.distance(to: point), edge: 0.035))
        }
        blend(&color, toward: [115, 30, 22], share: 0.8 * vessel)
        let vignetting = 1 - 0.4 * radius * radius
        return color.map { $0 * vignetting }
    }

    private func blend(_ color: inout [Double], toward other: [Double], share: Double) {
        for channel in color.indices { color[channel] += share * (other[channel] - color[channel]) }
    }

    private func glow(_ point: FieldPoint, around center: FieldPoint, reach: Double) -> Double {
        let ratio = point.distance(to: center) / reach
        return exp(-ratio * ratio)
    }

    /// 1 inside `edge`, 0 outside, with a soft rim.
    private func step(_ distance: Double, edge: Double) -> Double {
        min(max((edge - distance) / (0.15 * edge) + 0.5, 0), 1)
    }
}
