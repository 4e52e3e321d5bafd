// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import ResNet
import TensorMath
import Testing

@Suite(.serialized) struct ClassActivationMapTests {
    /// A case of `Golden/make_activation_maps.py`.
    struct Golden: Decodable, Sendable, CustomTestStringConvertible {
        let baseWidth, outputs, output, inputHeight, inputWidth: Int
        let seed: UInt64
        let height, width: Int
        let values: [Float]

        var testDescription: String { "output \(output) of \(outputs), \(inputWidth)×\(inputHeight)" }

        var input: [Float] {
            SeededInput.values(name: "eye", seed: seed, height: inputHeight, width: inputWidth)
        }

        func network() throws -> ResNet50Inference {
            let parameters = SeededNetwork.parameters(
                layout: ResNet50Layout(baseWidth: baseWidth, outputs: outputs), seed: seed)
            return try ResNet50Inference(parameters: parameters, inputHeight: inputHeight, inputWidth: inputWidth)
        }
    }

    static let goldens: [Golden] = {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let data = try? Data(contentsOf: URL(filePath: "/\(folder)/Golden/activation_maps.json"))
        return (try? JSONDecoder().decode([Golden].self, from: data ?? Data())) ?? []
    }()

    @Test func `the golden file is there`() { #expect(Self.goldens.count == 3) }

    @Test(arguments: goldens) func `the map equals PyTorch's, and its mean is the logit`(golden: Golden) throws {
        let (logits, map) = try golden.network().activation(of: golden.input, output: golden.output)
        #expect(map.height == golden.height && map.width == golden.width)
        try #require(map.values.count == golden.values.count)
        for (ours, theirs) in zip(map.values, golden.values) { #expect(abs(ours - theirs) <= 1e-4) }
        let mean = map.values.reduce(0, +) / Float(map.values.count)
        #expect(abs(mean - logits[golden.output]) <= 1e-4)
    }

    @Test(arguments: goldens) func `the logits are those of an ordinary pass`(golden: Golden) throws {
        let network = try golden.network()
        #expect(try network.logits(of: golden.input) == golden.network().activation(of: golden.input, output: 0).logits)
    }

    /// bfloat16 keeps 8 bits: values of a few units, and sums of a hundred of them, move by some hundredths.
    @Test(arguments: zip(Precision.floating, [Float(1e-4), 0.05]))
    func `at every precision the mean of the map is the logit`(precision: Precision, tolerance: Float) throws {
        let golden = try #require(Self.goldens.first)
        let parameters = SeededNetwork.parameters(
            layout: ResNet50Layout(baseWidth: golden.baseWidth, outputs: golden.outputs), seed: golden.seed)
        let network = try ResNet50Inference(
            parameters: parameters, inputHeight: golden.inputHeight, inputWidth: golden.inputWidth,
            precision: precision)
        let (logits, map) = network.activation(of: golden.input, output: 0)
        let mean = map.values.reduce(0, +) / Float(map.values.count)
        #expect(abs(mean - logits[0]) <= tolerance, "\(mean), not \(logits[0])")
        for (ours, theirs) in zip(map.values, golden.values) { #expect(abs(ours - theirs) <= 20 * tolerance) }
    }
}
