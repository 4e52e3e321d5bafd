// SPDX-License-Identifier: Apache-2.0
import Evaluation
import LabelledData
import ModelStore
import ResNet
import Testing
import Training

@testable import Retraining

/// What the hold-out makes of a network of two outputs.
@Suite struct TrainedNetworkTests {
    private static let parameters = InitialParameters.network(ResNet50Layout(baseWidth: 2, outputs: 2), seed: 1)

    /// 120 images, a quarter with each label; logits that tell something of it, too sure of themselves.
    private static func network(
        parameters: ResNet50Parameters = parameters, count: Int = 120
    ) throws -> (TrainedNetwork, [TrainingImages.Example]) {
        var stream = SplitMix64(seed: 3)
        let examples = (0..<count).map {
            TrainingImages.Example(picture: $0, label: ImageLabel.allCases[$0 % 4], group: $0)
        }
        func logits(_ isPositive: (ImageLabel) -> Bool?) -> [Float] {
            examples.map { example in
                (isPositive(example.label).map { $0 ? 2 : -2 } ?? 50) + stream.values(count: 1, bound: 8)[0]
            }
        }
        let network = try TrainedNetwork(
            parameters: parameters, history: TrainingHistory(epochs: []), holdout: examples,
            logits: logits(\.isDisease), gradabilityLogits: logits(\.isGradable))
        return (network, examples)
    }

    @Test func `the temperature is of disease's output alone`() throws {
        let (network, _) = try Self.network()
        let temperature = try #require(network.temperature)
        #expect(temperature != 1)
        for name in ["fc.weight", "fc.bias"] {
            let (before, after) = (Array(Self.parameters[name]), Array(network.parameters[name]))
            let half = before.count / 2
            #expect(Array(after[half...]) == Array(before[half...]))
            for place in 0..<half { #expect(abs(Double(after[place]) * temperature - Double(before[place])) < 1e-6) }
        }
    }

    @Test func `disease is measured where it is known, gradability everywhere`() throws {
        let (network, examples) = try Self.network()
        #expect(network.holdoutProbabilities.count == 60)
        let figures = try #require(network.figures)
        #expect(figures.samples.isDisease == examples.compactMap(\.label.isDisease))
        #expect(try 0.6...0.9 ~= #require(figures.roc?.areaUnderCurve))
        let gradability = try #require(network.gradability)
        #expect(gradability.gradableCount == 90 && gradability.ungradableCount == 30)
        #expect(gradability.gradableRefused == 1, "at most 2 % of 90")
        #expect(try 0.6...0.9 ~= #require(gradability.areaUnderCurve))
        #expect(gradability.record.gradableRefused == 1 / 90.0 && gradability.record.output == 1)
    }

    /// Easy pictures at logits 4.00, 4.01 …; a harder source's at 0.0, 0.1 …: 2 % of 1000 would be 20 of the harder ones.
    @Test(arguments: [(50, 1), (49, 20)]) func `no large source pays for another's easy pictures`(
        hard: Int, refused: Int
    ) throws {
        let easy = 1000 - hard + 1
        let examples = (0..<easy + hard).map {
            TrainingImages.Example(picture: $0, label: .normal, group: $0, source: $0 < easy ? "easy" : "hard")
        }
        let logits = (0..<easy).map { 4 + Float($0) / 100 } + (0..<hard).map { Float($0) / 10 }
        let gradability = try GradabilityMeasurement(examples, logits: logits)
        #expect(gradability.gradableRefused == refused)
    }

    @Test func `too few pictures leave the threshold at one half`() throws {
        let (network, _) = try Self.network(count: 12)
        #expect(network.gradability?.threshold == 0.5 && network.figures == nil)
    }

    @Test func `a network of one output has no gradability`() throws {
        let one = InitialParameters.network(ResNet50Layout(baseWidth: 2, outputs: 1), seed: 1)
        #expect(try Self.network(parameters: one).0.gradability == nil)
    }
}
