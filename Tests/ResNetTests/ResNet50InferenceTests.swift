// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Processor
import ResNet
import TensorMath
import Testing

@Suite(.serialized) struct ResNet50InferenceTests {
    private static let layout = ResNet50Layout(baseWidth: 8, outputs: 2)
    private static let parameters = SeededNetwork.parameters(layout: layout, seed: 7)

    @Test(arguments: [(64, 64), (32, 95), (97, 33), (112, 116)])
    func `every path equals plain loops`(height: Int, width: Int) throws {
        let input = SeededInput.values(name: "eye", seed: 3, height: height, width: width)
        let expected = ResNet50Reference.logits(
            of: input, height: height, width: width, parameters: Self.parameters)
        let matrices = try ResNet50Inference(
            parameters: Self.parameters, inputHeight: height, inputWidth: width, engineKind: .openBLAS)
        for (folded, plain) in zip(matrices.logits(of: input), expected) { #expect(abs(folded - plain) <= 2e-5) }
        for instructionSet in InstructionSet.available {
            let network = try ResNet50Inference(
                parameters: Self.parameters, inputHeight: height, inputWidth: width, engineKind: .kernels,
                engine: ComputeEngine(instructionSet: instructionSet, team: ComputeTeam(threadCount: 2)))
            for (fast, plain) in zip(network.logits(of: input), expected) {
                #expect(abs(fast - plain) <= 2e-5, "\(instructionSet)")
            }
        }
    }

    @Test(arguments: [1, 2, 4, 24]) func `every width equals matrix products`(baseWidth: Int) throws {
        let parameters = SeededNetwork.parameters(layout: ResNet50Layout(baseWidth: baseWidth, outputs: 17), seed: 5)
        let input = SeededInput.values(name: "eye", seed: 4, height: 45, width: 70)
        let expected = try ResNet50Inference(
            parameters: parameters, inputHeight: 45, inputWidth: 70, engineKind: .openBLAS)
        let network = try ResNet50Inference(
            parameters: parameters, inputHeight: 45, inputWidth: 70, engineKind: .kernels)
        for (fast, plain) in zip(network.logits(of: input), expected.logits(of: input)) {
            #expect(abs(fast - plain) <= 5e-5)
        }
        let features = network.features(of: input)
        #expect(features.count == baseWidth * 32)
        for (fast, plain) in zip(features, expected.features(of: input)) { #expect(abs(fast - plain) <= 5e-5) }
    }

    /// Where the network saw what it saw, by either engine.
    @Test func `the maps are the same`() throws {
        let input = SeededInput.values(name: "eye", seed: 3, height: 97, width: 70)
        let maps = try EngineKind.allCases.map {
            try ResNet50Inference(parameters: Self.parameters, inputHeight: 97, inputWidth: 70, engineKind: $0)
                .activation(of: input, output: 1).map
        }
        #expect(maps[0].height == maps[1].height && maps[0].width == maps[1].width)
        for (ours, theirs) in zip(maps[0].values, maps[1].values) { #expect(abs(ours - theirs) <= 5e-5) }
    }

    @Test(arguments: InstructionSet.available, EngineKind.allCases)
    func `threads do not change a bit`(_ instructionSet: InstructionSet, _ kind: EngineKind) throws {
        let input = SeededInput.values(name: "eye", seed: 3, height: 61, width: 90)
        let logits = try [1, 2, 5].map { threads in
            try ResNet50Inference(
                parameters: Self.parameters, inputHeight: 61, inputWidth: 90, engineKind: kind,
                engine: ComputeEngine(instructionSet: instructionSet, team: ComputeTeam(threadCount: threads))
            ).logits(of: input).map(\.bitPattern)
        }
        #expect(Set(logits).count == 1)
    }

    /// Eight bits of precision in every map, over fifty layers.
    @Test func `bfloat16 is near float32`() throws {
        let input = SeededInput.values(name: "eye", seed: 3, height: 112, width: 96)
        let exact = try ResNet50Inference(
            parameters: Self.parameters, inputHeight: 112, inputWidth: 96, engineKind: .kernels)
        let expected = exact.logits(of: input)
        for instructionSet in InstructionSet.available {
            let network = try ResNet50Inference(
                parameters: Self.parameters, inputHeight: 112, inputWidth: 96, precision: .bfloat16,
                engine: ComputeEngine(instructionSet: instructionSet, team: ComputeTeam(threadCount: 2)))
            let logits = network.logits(of: input)
            #expect(logits != expected)
            for (rounded, plain) in zip(logits, expected) { #expect(abs(rounded - plain) <= 0.03, "\(instructionSet)") }
        }
    }

    private static func eyes(_ count: Int, height: Int, width: Int) -> [[Float]] {
        (0..<count).map { SeededInput.values(name: "eye \($0)", seed: 3, height: height, width: width) }
    }

    @Test(arguments: [2, 3]) func `a batch equals its images`(batchSize: Int) throws {
        // Large enough for every way to convolve: tiles of four, tiles of two, none.
        let (height, width) = (112, 120)
        let one = try ResNet50Inference(parameters: Self.parameters, inputHeight: height, inputWidth: width)
        let batch = try ResNet50Inference(
            parameters: Self.parameters, batchSize: batchSize, inputHeight: height, inputWidth: width)
        let inputs = Self.eyes(batchSize, height: height, width: width)
        #expect(batch.logits(of: inputs.flatMap(\.self)) == inputs.flatMap { one.logits(of: $0) })
        #expect(batch.features(of: inputs.flatMap(\.self)) == inputs.flatMap { one.features(of: $0) })
    }

    /// From 32 tiles on the last maps of a batch go by larger ones, which round otherwise.
    @Test func `a large batch is near its images`() throws {
        let (side, batchSize) = (224, 8)
        let one = try ResNet50Inference(parameters: Self.parameters, inputHeight: side, inputWidth: side)
        let batch = try ResNet50Inference(
            parameters: Self.parameters, batchSize: batchSize, inputHeight: side, inputWidth: side)
        let inputs = Self.eyes(batchSize, height: side, width: side)
        let logits = batch.logits(of: inputs.flatMap(\.self))
        let alone = inputs.flatMap { one.logits(of: $0) }
        for (together, alone) in zip(logits, alone) { #expect(abs(together - alone) <= 1e-5) }
        #expect(Set(alone).count == alone.count)
    }

    @Test func `an earlier image leaves no trace`() throws {
        let network = try ResNet50Inference(parameters: Self.parameters, inputHeight: 64, inputWidth: 64)
        let first = SeededInput.values(name: "first", seed: 3, height: 64, width: 64)
        let before = network.logits(of: first)
        _ = network.logits(of: SeededInput.values(name: "second", seed: 3, height: 64, width: 64))
        #expect(network.logits(of: first) == before)
    }

    @Test func `a NaN in the input reaches the logit`() throws {
        let network = try ResNet50Inference(parameters: Self.parameters, inputHeight: 64, inputWidth: 64)
        var input = SeededInput.values(name: "first", seed: 3, height: 64, width: 64)
        input[64 * 32 + 32] = .nan
        #expect(network.logits(of: input).allSatisfy { $0.isNaN })
    }

    @Test func `a headless network gives features`() throws {
        let layout = ResNet50Layout(baseWidth: 8, outputs: nil)
        let network = try ResNet50Inference(
            parameters: SeededNetwork.parameters(layout: layout, seed: 7), inputHeight: 32, inputWidth: 32)
        let input = SeededInput.values(name: "eye", seed: 3, height: 32, width: 32)
        #expect(network.logits(of: input) == [])
        #expect(network.features(of: input).count == 256)
    }

    @Test func `a negative variance is refused by name`() throws {
        var parameters = Self.parameters
        parameters["layer2.0.bn2.running_var"][parameters["layer2.0.bn2.running_var"].startIndex] = -1
        #expect {
            _ = try ResNet50Inference(parameters: parameters, inputHeight: 32, inputWidth: 32)
        } throws: { error in
            (error as? FoldingFailure)?.parameter == "layer2.0.bn2.running_var"
        }
    }

    @Test func `a too small input is a programmer's error`() async {
        await #expect(processExitsWith: .failure) {
            let layout = ResNet50Layout(baseWidth: 1, outputs: 1)
            let parameters = SeededNetwork.parameters(layout: layout, seed: 7)
            _ = try ResNet50Inference(parameters: parameters, inputHeight: 31, inputWidth: 32)
        }
    }
}
