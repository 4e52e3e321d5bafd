// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Soft dots and bent strokes on a picture of nothing: how far each pixel is covered, 0…1.
///
/// Places are `FloatPicture.places`: the middle is (0, 0), half the shorter side is 1.
struct SoftStrokes {
    private let width: Int
    private let height: Int
    /// [height × width]
    private(set) var coverage: [Float]

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        coverage = [Float](repeating: 0, count: width * height)
    }

    /// A disc that fades over the outer half of its radius.
    mutating func addDot(at center: SIMD2<Float>, radius: Float, opacity: Float = 1) {
        let unit = Float(min(width, height)) / 2
        let middle = center * unit + SIMD2(Float(width - 1), Float(height - 1)) / 2
        let reach = max(radius * unit, 0.75)
        let columns = Self.pixels(around: middle.x, reach, below: width)
        for y in Self.pixels(around: middle.y, reach, below: height) {
            for x in columns {
                let offset = SIMD2(Float(x), Float(y)) - middle
                let away = (offset * offset).sum().squareRoot() / reach
                let cover = opacity * (1 - smoothStep(away, from: 0.5, to: 1))
                coverage[y * width + x] = max(coverage[y * width + x], cover)
            }
        }
    }

    /// A quadratic Bézier curve that grows thinner toward its end.
    mutating func addStroke(_ curve: BentLine, radius: Float, opacity: Float = 1) {
        let steps = max(Int(curve.length / max(radius * 0.2, 0.004)), 1)
        for step in 0...steps {
            let share = Float(step) / Float(steps)
            addDot(at: curve.place(at: share), radius: radius * (1 - 0.8 * share), opacity: opacity)
        }
    }

    private static func pixels(around middle: Float, _ reach: Float, below end: Int) -> Range<Int> {
        let first = max(0, Int((middle - reach).rounded(.up)))
        return first..<max(first, min(end, Int((middle + reach).rounded(.down)) + 1))
    }
}

/// A quadratic Bézier curve.
struct BentLine {
    let start: SIMD2<Float>
    /// The curve is drawn toward it and does not reach it.
    let bend: SIMD2<Float>
    let end: SIMD2<Float>

    /// - Parameter share: 0 at the start, 1 at the end.
    func place(at share: Float) -> SIMD2<Float> {
        let rest = 1 - share
        return rest * rest * start + 2 * rest * share * bend + share * share * end
    }

    /// That of the two lines that it lies within: the curve itself is shorter.
    var length: Float {
        [bend - start, end - bend].reduce(0) { $0 + ($1 * $1).sum().squareRoot() }
    }
}
