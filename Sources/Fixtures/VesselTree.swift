// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Vessels that leave the optic disc, bend, thin out and branch.
struct VesselTree {
    /// Short straight pieces; positions and widths in units of the field's radius.
    private var pieces: [(center: FieldPoint, halfWidth: Double)] = []

    private static let stepLength = 0.008
    private static let thinnest = 0.006

    init(from root: FieldPoint, using generator: inout SeededGenerator) {
        // Two arcades above and two below the macula, as artery and vein.
        for angle in [-2.2, -1.1, 1.1, 2.2, -1.7, 1.7] {
            let start = angle + .random(in: -0.2...0.2, using: &generator)
            grow(from: root, angle: start, halfWidth: 0.02, using: &generator)
        }
    }

    private mutating func grow(
        from root: FieldPoint, angle start: Double, halfWidth: Double, using generator: inout SeededGenerator
    ) {
        var point = root
        var angle = start
        var halfWidth = halfWidth
        let bend = Double.random(in: -0.01...0.01, using: &generator)
        while halfWidth > Self.thinnest, point.distance(to: FieldPoint(x: 0, y: 0)) < 1 {
            pieces.append((point, halfWidth))
            angle += bend + .random(in: -0.06...0.06, using: &generator)
            point.x += Self.stepLength * cos(angle)
            point.y += Self.stepLength * sin(angle)
            halfWidth *= 0.997
            if Double.random(in: 0...1, using: &generator) < 0.02 {
                let turn: Double = Bool.random(using: &generator) ? 0.6 : -0.6
                grow(from: point, angle: angle + turn, halfWidth: halfWidth * 0.7, using: &generator)
                halfWidth *= 0.9
            }
        }
    }

    /// [height × width]: 1 in the middle of a vessel, 0 beside it.
    func coverage(width: Int, height: Int) -> [Double] {
        var coverage = [Double](repeating: 0, count: width * height)
        let radius = FieldPoint.radiusShare * Double(min(width, height))
        for piece in pieces {
            let (x, y) = (piece.center.x * radius + Double(width) / 2, piece.center.y * radius + Double(height) / 2)
            // A vessel thinner than a pixel darkens the pixel less.
            let halfWidth = piece.halfWidth * radius
            let reach = halfWidth + 1
            for row in max(Int(y - reach), 0)..<max(min(Int(y + reach) + 1, height), max(Int(y - reach), 0)) {
                for column in max(Int(x - reach), 0)..<max(min(Int(x + reach) + 1, width), max(Int(x - reach), 0)) {
                    let (across, down) = (Double(column) + 0.5 - x, Double(row) + 0.5 - y)
                    let distance = (across * across + down * down).squareRoot()
                    let share = min(max(halfWidth + 0.5 - distance, 0), 1) * min(2 * halfWidth, 1)
                    coverage[row * width + column] = max(coverage[row * width + column], share)
                }
            }
        }
        return coverage
    }
}
