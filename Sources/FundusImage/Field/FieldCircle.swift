// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A circle through border points of a field, and how well they lie on it.
struct FieldCircle {
    var x: Double
    var y: Double
    var radius: Double
    /// 0…1: the share of border points on the circle, those near it in part.
    var support = 0.0

    /// Fits a circle to border points of which many may belong to something else: a notch, a stamp, a straight cut.
    ///
    /// RANSAC (Fischler and Bolles 1981) without chance: every three of a few points, spread evenly over the angles, propose
    /// a circle; the one near most of them is refined by least squares over all border points near it.
    /// - Parameters:
    ///   - center: Somewhere inside, from where angles are counted.
    ///   - size: Of the picture; the circle's center lies in it.
    ///   - unit: The picture's longer side, to which lengths are compared.
    init?(
        _ points: [PicturePoint], around center: PicturePoint, in size: (width: Double, height: Double),
        unit: Double
    ) {
        let tolerance = max(1, Self.toleranceShare * unit)
        let sample = Self.sample(points, around: center)
        guard var circle = Self.proposal(through: sample, in: size, unit: unit, tolerance: tolerance) else {
            return nil
        }
        for _ in 0..<2 {
            let near = points.filter { abs(circle.distance(to: $0)) < tolerance }
            guard near.count >= Self.fewestPoints, let refined = Self.leastSquares(near) else { return nil }
            circle = refined
        }
        self = circle
        support =
            sample.reduce(0) { sum, point in
                let miss = abs(circle.distance(to: point)) / (1.5 * tolerance)
                return sum + max(0, 1 - miss * miss)
            } / Double(sample.count)
    }

    private init(x: Double, y: Double, radius: Double) {
        self.x = x
        self.y = y
        self.radius = radius
    }

    /// A field's radius over the longer side of its picture.
    static let radiusShares = 0.15..<0.9
    static let fewestPoints = 12
    private static let sampleCount = 36
    /// How far from the circle a point of it may lie, over the longer side.
    private static let toleranceShare = 0.012

    /// Outside positive.
    private func distance(to point: PicturePoint) -> Double {
        let (across, down) = (point.x - x, point.y - y)
        return (across * across + down * down).squareRoot() - radius
    }

    /// A few points, evenly by rank of their angle.
    private static func sample(_ points: [PicturePoint], around center: PicturePoint) -> [PicturePoint] {
        let angles = points.map { atan2($0.y - center.y, $0.x - center.x) }
        // Equal angles keep their order.
        let ranked = points.indices.sorted { (angles[$0], $0) < (angles[$1], $1) }
        let count = min(sampleCount, points.count)
        let step = Double(points.count - 1) / Double(count - 1)
        return (0..<count).map { points[ranked[Int((Double($0) * step).rounded(.toNearestOrEven))]] }
    }

    /// The circle through three of the points that has most points near it, the first of equals.
    private static func proposal(
        through points: [PicturePoint], in size: (width: Double, height: Double), unit: Double, tolerance: Double
    ) -> FieldCircle? {
        let radii = radiusShares.lowerBound * unit..<radiusShares.upperBound * unit
        var best: FieldCircle?
        var bestScore = -1.0
        for first in points.indices {
            for second in points.indices.dropFirst(first + 1) {
                for third in points.indices.dropFirst(second + 1) {
                    guard let circle = FieldCircle(through: points[first], points[second], points[third]),
                        circle.radius > radii.lowerBound, circle.radius < radii.upperBound,
                        circle.x > 0, circle.x < size.width, circle.y > 0, circle.y < size.height,
                        let score = circle.score(points, tolerance: tolerance, above: bestScore)
                    else { continue }
                    (best, bestScore) = (circle, score)
                }
            }
        }
        return best
    }

    /// How many points are near, those between in part; nil once it can't be more than `bound`.
    private func score(_ points: [PicturePoint], tolerance: Double, above bound: Double) -> Double? {
        var score = 0.0
        var remaining = Double(points.count)
        for point in points {
            score += max(0, 1 - abs(distance(to: point)) / tolerance)
            remaining -= 1
            if score + remaining <= bound { return nil }
        }
        return score
    }

    /// Nil where the three are on one line.
    private init?(through a: PicturePoint, _ b: PicturePoint, _ c: PicturePoint) {
        let area = 2 * (a.x * (b.y - c.y) + b.x * (c.y - a.y) + c.x * (a.y - b.y))
        guard abs(area) > 1e-6 else { return nil }
        let (aa, bb, cc) = (a.x * a.x + a.y * a.y, b.x * b.x + b.y * b.y, c.x * c.x + c.y * c.y)
        x = (aa * (b.y - c.y) + bb * (c.y - a.y) + cc * (a.y - b.y)) / area
        y = (aa * (c.x - b.x) + bb * (a.x - c.x) + cc * (b.x - a.x)) / area
        radius = 0
        radius = distance(to: a)
    }

    /// The circle with the least sum of (x² + y² − 2·x·cx − 2·y·cy − s)² (Kåsa 1976), s = radius² − cx² − cy².
    ///
    /// Coordinates are counted from the points' mean: the equations for the center separate from that for s then, and lose no
    /// digits.
    private static func leastSquares(_ points: [PicturePoint]) -> FieldCircle? {
        let count = Double(points.count)
        let meanX = points.reduce(0) { $0 + $1.x } / count
        let meanY = points.reduce(0) { $0 + $1.y } / count
        var (xx, xy, yy, xz, yz, z) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
            let (x, y) = (point.x - meanX, point.y - meanY)
            let square = x * x + y * y
            xx += x * x
            xy += x * y
            yy += y * y
            xz += x * square
            yz += y * square
            z += square
        }
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-9 * xx * yy else { return nil }
        let x = (xz * yy - yz * xy) / (2 * determinant)
        let y = (yz * xx - xz * xy) / (2 * determinant)
        return FieldCircle(x: meanX + x, y: meanY + y, radius: (z / count + x * x + y * y).squareRoot())
    }
}
