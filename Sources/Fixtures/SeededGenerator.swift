// SPDX-License-Identifier: Apache-2.0
internal import ResNet

/// The tests' source of chance: same seed, same numbers, on every machine.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var generator: SplitMix64

    package init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    package mutating func next() -> UInt64 { generator.next() }
}
