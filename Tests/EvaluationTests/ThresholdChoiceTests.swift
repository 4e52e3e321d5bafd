// SPDX-License-Identifier: Apache-2.0
import Evaluation
import ResNet
import Testing

@Suite struct ThresholdChoiceTests {
    private static let samples = try! ScoredSamples(
        scores: [0.95, 0.9, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.1],
        isDisease: [true, false, true, true, false, true, false, true, false, false])

    @Test(arguments: [
        (0.0, 0.95), (0.2, 0.95), (0.21, 0.8), (0.6, 0.8), (0.61, 0.6), (0.8, 0.6), (0.95, 0.4), (1, 0.4),
    ])
    func `it is the highest that reaches the sensitivity`(target: Double, threshold: Double) throws {
        let choice = try #require(ThresholdChoice(reaching: target, ThresholdSteps(Self.samples)))
        #expect(choice.threshold == threshold)
        #expect(try #require(choice.matrix.sensitivity.value) >= target)
        let above = ThresholdSteps(Self.samples).matrix(at: threshold.nextUp)
        #expect(target == 0 || threshold == 0.95 || above.sensitivity.value ?? 1 < target)
    }

    @Test func `a threshold chosen on one half is measured on the other, and people stay together`() throws {
        var scores: [Double] = []
        var generator = SplitMix64(seed: 7)
        for _ in 0..<200 { scores.append(Double(generator.nextUnit())) }
        let samples = try ScoredSamples(
            scores: scores, isDisease: scores.map { $0 > 0.4 }, groups: scores.indices.map { "person \($0 / 3)" })
        let halves = SampleHalves(samples, using: &generator)
        for person in 0..<samples.groupCount {
            let sides = samples.groups.indices.filter { samples.groups[$0] == person }.map { halves.isFirst[$0] }
            #expect(Set(sides).count == 1)
        }
        let (first, second) = (try #require(halves.first), try #require(halves.second))
        #expect(first.count + second.count == 200)
        #expect(abs(first.diseaseCount - second.diseaseCount) < 12)
        let choices = HeldOutThreshold.bothWays(reaching: 0.9, halves)
        #expect(choices.map(\.choice.matrix.count) == [first.count, second.count])
        #expect(choices.map(\.matrix.count) == [second.count, first.count])
    }

    @Test func `the same seed divides the people the same way, another seed does not`() {
        func division(_ seed: UInt64) -> [Bool] {
            var generator = SplitMix64(seed: seed)
            return SampleHalves(Self.samples, using: &generator).isFirst
        }
        #expect(division(1) == division(1))
        #expect((2...9).contains { division($0) != division(1) })
    }

    @Test func `one person can't be divided`() throws {
        let samples = try ScoredSamples(scores: [0.1, 0.9], isDisease: [false, true], groups: ["a", "a"])
        var generator = SplitMix64(seed: 1)
        let halves = SampleHalves(samples, using: &generator)
        #expect(HeldOutThreshold.bothWays(reaching: 0.9, halves) == [])
        #expect(TemperatureScaling.crossFitted(samples, halves) == nil)
    }
}
