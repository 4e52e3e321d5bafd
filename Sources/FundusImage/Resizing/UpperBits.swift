// SPDX-License-Identifier: Apache-2.0
/// Draws from a generator's upper 53 bits: the standard library's draws may change with its version.
extension RandomNumberGenerator {
    /// In 0 ..< 1.
    mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func isTrue(withProbability probability: Double) -> Bool { share() < probability }

    /// Evenly from a range; its upper bound is never met.
    mutating func value(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + share() * (range.upperBound - range.lowerBound)
    }

    mutating func value(in range: ClosedRange<Float>) -> Float {
        range.lowerBound + Float(share()) * (range.upperBound - range.lowerBound)
    }

    mutating func whole(in range: ClosedRange<Int>) -> Int { range.lowerBound + Int(share() * Double(range.count)) }

    mutating func oneOf<Choice>(_ choices: [Choice]) -> Choice { choices[whole(in: 0...choices.count - 1)] }
}

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014), for what one picture's seed decides.
struct SeededBits: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
