// SPDX-License-Identifier: Apache-2.0
import Fixtures
import TensorMath

/// Values in ±1 that differ by place and by seed.
func pattern(_ count: Int, _ seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
}

/// The largest difference beyond what roundings may make of each value.
func largestDifference(_ ours: Span<Float>, _ expected: [Float], roundings: [Float]) -> Float {
    var largest: Float = 0
    for place in expected.indices {
        let difference = abs(ours[place] - expected[place]) - roundings[place]
        largest = max(largest, difference.isNaN ? .infinity : difference)
    }
    return largest
}

/// Infinite where a NaN stands on one side only.
func largestDifference(_ ours: Span<Float>, _ expected: [Float]) -> Float {
    var largest: Float = 0
    for place in expected.indices {
        let difference = abs(ours[place] - expected[place])
        largest = max(largest, difference.isNaN ? .infinity : difference)
    }
    return largest
}
