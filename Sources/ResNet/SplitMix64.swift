// SPDX-License-Identifier: Apache-2.0
/// A small generator of 64-bit numbers with a 64-bit state, equally simple in Swift and in Python.
///
/// Steele, Lea, Flood: “Fast splittable pseudorandom number generators”, OOPSLA 2014. Number i of a seed is a function
/// of seed + i·γ alone, so a script can compute a whole tensor at once. Same seed, same numbers, on every machine.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// The stream that belongs to a name, such as a parameter's, under a seed.
    package init(name: String, seed: UInt64) { self.init(seed: Self.hash(name) ^ seed) }

    /// The state moves by γ, the golden ratio's odd 64-bit fraction, and is mixed (the paper's `mix64variant13`).
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A multiple of 2⁻²⁴ in 0 ..< 1, exact in Float.
    package mutating func nextUnit() -> Float { Float(next() >> 40) / 16_777_216 }

    /// `count` numbers in −bound ..< bound: (2u − 1)·bound, rounded once.
    package mutating func values(count: Int, bound: Float) -> [Float] {
        (0..<count).map { _ in (2 * nextUnit() - 1) * bound }
    }

    /// FNV-1a of the name's UTF-8 (draft-eastlake-fnv).
    private static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
