// SPDX-License-Identifier: Apache-2.0
internal import Glibc

extension FloatPicture {
    /// Convolved with a Gaussian that is cut off at three deviations, first across, then down; the outermost pixels go on
    /// beyond the frame.
    func blurred(deviation: Double) -> FloatPicture {
        guard deviation > 0 else { return self }
        let weights = GaussianWeights(deviation: deviation).oneSided.map { Float($0) }
        return convolvedAcross(weights).convolvedDown(weights)
    }

    /// Nearly a Gaussian at a cost that does not grow with its width: three means over squares (the central limit theorem).
    ///
    /// - Parameter deviation: in pixels; the squares' sides are whole and odd, so it is met to about half a pixel.
    func stronglyBlurred(deviation: Double) -> FloatPicture {
        // A mean over n pixels has the variance (n² − 1) / 12.
        let radius = Int((((4 * deviation * deviation + 1).squareRoot() - 1) / 2).rounded())
        guard radius > 0 else { return blurred(deviation: deviation) }
        return (0..<3).reduce(self) { picture, _ in
            picture.meanAcross(radius: radius).transposed.meanAcross(radius: radius).transposed
        }
    }

    private func convolvedAcross(_ weights: [Float]) -> FloatPicture {
        let reach = weights.count - 1
        var result = self
        var target = result.pixels.mutableSpan
        var padded = [SIMD4<Float>](repeating: .zero, count: width + 2 * reach)
        for y in 0..<height {
            let start = y * width
            for x in padded.indices { padded[x] = pixels[start + min(max(x - reach, 0), width - 1)] }
            let row = padded.span
            for x in 0..<width {
                var sum = weights[0] * row[x + reach]
                for tap in 1...reach { sum += weights[tap] * (row[x + reach - tap] + row[x + reach + tap]) }
                target[start + x] = sum
            }
        }
        return result
    }

    private func convolvedDown(_ weights: [Float]) -> FloatPicture {
        let source = pixels.span
        var result = self
        var target = result.pixels.mutableSpan
        for y in 0..<height {
            let rows = weights.indices.map { (above: max(y - $0, 0) * width, below: min(y + $0, height - 1) * width) }
            for x in 0..<width {
                var sum = weights[0] * source[y * width + x]
                for tap in 1..<weights.count {
                    sum += weights[tap] * (source[rows[tap].above + x] + source[rows[tap].below + x])
                }
                target[y * width + x] = sum
            }
        }
        return result
    }

    /// Each pixel the mean of `2 × radius + 1` in its row: a sum that one pixel enters and one leaves.
    private func meanAcross(radius: Int) -> FloatPicture {
        var result = self
        let share = 1 / Float(2 * radius + 1)
        for y in 0..<height {
            let (first, last) = (y * width, y * width + width - 1)
            var sum = SIMD4<Float>.zero
            for x in -radius...radius { sum += pixels[min(max(first + x, first), last)] }
            for x in first...last {
                result.pixels[x] = sum * share
                sum += pixels[min(x + radius + 1, last)] - pixels[max(x - radius, first)]
            }
        }
        return result
    }

    private var transposed: FloatPicture {
        var turned = FloatPicture(width: height, height: width, pixels: pixels)
        for y in 0..<height {
            for x in 0..<width { turned.pixels[x * height + y] = pixels[y * width + x] }
        }
        return turned
    }
}

/// A Gaussian at whole pixels, cut off at three deviations; all weights together are 1.
struct GaussianWeights {
    /// That of the middle, then those on either side of it.
    let oneSided: [Double]

    init(deviation: Double) {
        precondition(deviation > 0, "a Gaussian has a positive deviation")
        let reach = max(Int((3 * deviation).rounded(.up)), 1)
        let heights = (0...reach).map { exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
        let sum = 2 * heights.reduce(0, +) - 1
        oneSided = heights.map { $0 / sum }
    }
}
