// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Processor
import ResNet
import TensorMath
import Testing

/// Our logits against PyTorch's; `Golden/make_golden.py` made the file and says with which versions.
@Suite(.serialized) struct GoldenLogitsTests {
    struct Case: Decodable, CustomTestStringConvertible {
        let name: String
        let baseWidth: Int
        let outputs: Int
        let height: Int
        let width: Int
        let seed: UInt64
        /// One row per input.
        let logits32: [[Float]]

        var testDescription: String { name }
        var parameters: ResNet50Parameters {
            SeededNetwork.parameters(layout: ResNet50Layout(baseWidth: baseWidth, outputs: outputs), seed: seed)
        }
        func input(_ index: Int) -> [Float] {
            SeededInput.values(name: "input/\(index)", seed: seed, height: height, width: width)
        }
    }

    private struct Document: Decodable { let cases: [Case] }

    static let cases: [Case] = {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let data = try? Data(contentsOf: URL(filePath: "/\(folder)/Golden/logits.json"))
        return (try? JSONDecoder().decode(Document.self, from: data ?? Data()))?.cases ?? []
    }()

    private static let team = ComputeTeam(threadCount: 2)

    @Test func `the golden file is there`() {
        #expect(Self.cases.count == 6)
        #expect(Self.cases.first?.logits32.count == 20)
    }

    @Test(arguments: cases, InstructionSet.available)
    func `logits equal PyTorch within 1e-4`(_ golden: Case, _ instructionSet: InstructionSet) throws {
        let network = try ResNet50Inference(
            parameters: golden.parameters, inputHeight: golden.height, inputWidth: golden.width, engineKind: .kernels,
            engine: ComputeEngine(instructionSet: instructionSet, team: Self.team))
        expectLogits(of: network, golden, "\(instructionSet)")
    }

    @Test(arguments: cases) func `logits of OpenBLAS equal PyTorch within1e4`(_ golden: Case) throws {
        let network = try ResNet50Inference(
            parameters: golden.parameters, inputHeight: golden.height, inputWidth: golden.width, engineKind: .openBLAS,
            engine: ComputeEngine(instructionSet: .best, team: Self.team))
        expectLogits(of: network, golden, "OpenBLAS")
    }

    private func expectLogits(of network: ResNet50Inference, _ golden: Case, _ engine: String) {
        var largest: Float = 0
        for (index, expected) in golden.logits32.enumerated() {
            let logits = network.logits(of: golden.input(index))
            #expect(logits.count == expected.count)
            for (ours, theirs) in zip(logits, expected) {
                #expect(abs(ours - theirs) <= 1e-4, "input \(index): \(ours), PyTorch \(theirs)")
                largest = max(largest, abs(ours - theirs))
            }
        }
        print("largest difference from PyTorch, \(golden.name), \(engine): \(largest)")
    }

    @Test func `the reference equals PyTorch`() throws {
        let golden = try #require(Self.cases.first { $0.name == "narrow, odd sides" })
        for (index, expected) in golden.logits32.enumerated() {
            let logits = ResNet50Reference.logits(
                of: golden.input(index), height: golden.height, width: golden.width, parameters: golden.parameters)
            for (ours, theirs) in zip(logits, expected) { #expect(abs(ours - theirs) <= 1e-4) }
        }
    }
}
