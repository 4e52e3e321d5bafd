// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Normally distributed numbers, three a pixel, that follow from a seed.
///
/// A logarithm and a cosine for each number would cost more than all else that is done to a picture. So each takes 12 bits
/// and looks up the quantile in the middle of its 4096th of the distribution; beyond ±3.67 deviations there is none.
struct PixelNoise {
    private var bits: SeededBits
    private let quantiles: [Float]

    init(seed: UInt64) {
        bits = SeededBits(seed: seed)
        quantiles = Self.quantiles
    }

    /// Red, green, blue and nothing, of deviation 1: the upper 12 bits, the next and the next.
    mutating func next() -> SIMD4<Float> {
        let number = bits.next()
        return SIMD4(
            quantiles[Int(number >> 52)], quantiles[Int(number >> 40 & 4095)], quantiles[Int(number >> 28 & 4095)], 0)
    }

    private static let quantiles = (0..<4096).map { Float(quantile((Double($0) + 0.5) / 4096)) }

    /// By halving: it is done 4096 times in a process.
    private static func quantile(_ share: Double) -> Double {
        var (low, high) = (-8.0, 8.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if erfc(-middle / 2.0.squareRoot()) / 2 < share { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
