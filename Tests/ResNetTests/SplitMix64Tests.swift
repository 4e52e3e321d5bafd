// SPDX-License-Identifier: Apache-2.0
import ResNet
import Testing

struct SplitMix64Tests {
    /// The first numbers of seed 1234567, as published with the algorithm's C version (prng.di.unimi.it/splitmix64.c).
    @Test func `the numbers are the published sequence`() {
        var generator = SplitMix64(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func `values stay inside the bound`() {
        var generator = SplitMix64(name: "fc.weight", seed: 1)
        let values = generator.values(count: 10_000, bound: 0.5)
        #expect(values.allSatisfy { -0.5 <= $0 && $0 < 0.5 })
        #expect(abs(values.reduce(0, +) / 10_000) < 0.02)
    }
}
