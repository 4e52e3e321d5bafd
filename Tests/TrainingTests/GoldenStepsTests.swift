// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Processor
import ResNet
import TensorMath
import Testing
import Training

/// Training steps against PyTorch's; `Golden/make_steps.py` made the files and says with which versions.
@Suite(.serialized) struct GoldenStepsTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let baseWidth, height, width, images: Int
        let logits: [Float]
        let losses, losses64: [Double]
        let statistics: [String: Double]

        var testDescription: String { "width \(baseWidth), \(images)×\(height)×\(width)" }
        var layout: ResNet50Layout { ResNet50Layout(baseWidth: baseWidth, outputs: 1) }
    }

    private struct Document: Decodable {
        let seed: UInt64
        let learningRate: Double
        let cases: [Case]
    }

    private static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Golden/"
    private static let document: Document? = (try? Data(contentsOf: URL(filePath: folder + "steps.json"))).flatMap {
        try? JSONDecoder().decode(Document.self, from: $0)
    }
    static let cases = document?.cases ?? []
    private static let team = ComputeTeam(threadCount: 2)

    @Test func `golden files are there`() throws {
        #expect(Self.cases.count == 3)
        #expect(try Data(contentsOf: URL(filePath: Self.folder + "gradients.f32")).count == 382_484)
    }

    @Test(arguments: cases, InstructionSet.available)
    func `ten steps equal PyTorch`(_ golden: Case, _ instructionSet: InstructionSet) throws {
        let document = try #require(Self.document)
        let run = GoldenRun(golden, seed: document.seed, engine: Self.engine(instructionSet))
        var largest = 0.0
        for (step, expected) in golden.losses.enumerated() {
            let loss = run.step(step, learningRate: document.learningRate)
            let difference = abs(loss / expected - 1)
            #expect(difference <= (step == 0 ? 1e-4 : 1e-3), "step \(step): \(loss), PyTorch \(expected)")
            if step == 0 {
                print("loss of step 1, \(golden.testDescription), \(instructionSet): \(difference) relative")
            }
            largest = max(largest, difference)
        }
        for (name, expected) in golden.statistics {
            let sum = run.network.parameters[name].reduce(0.0) { $0 + Double($1) }
            #expect(abs(sum - expected) <= 1e-3 * max(1, abs(expected)), "\(name): \(sum), PyTorch \(expected)")
        }
        print("losses of ten steps, \(golden.testDescription), \(instructionSet): \(largest) relative")
    }

    @Test(arguments: InstructionSet.available) func `gradients equal PyTorch`(_ instructionSet: InstructionSet) throws {
        let (document, golden) = try (#require(Self.document), #require(Self.cases.first))
        let run = GoldenRun(golden, seed: document.seed, engine: Self.engine(instructionSet))
        _ = run.backward(0)
        for (ours, theirs) in zip(run.logits, golden.logits) { #expect(abs(ours - theirs) <= 1e-4) }
        let gradients = run.network.gradients
        var expected = try Self.floats("gradients.f32")[...]
        var largest = 0.0
        for specification in golden.layout.parameters where specification.isTrained {
            let theirs = expected.prefix(specification.count)
            expected = expected.dropFirst(specification.count)
            let apart = relativeDistance(gradients[specification.name] ?? [], Array(theirs))
            #expect(apart <= 1e-3, "\(specification.name)")
            largest = max(largest, apart)
        }
        #expect(expected.isEmpty)
        print("gradients of step 1, \(instructionSet): \(largest) of the norm at most")
    }

    private static func engine(_ instructionSet: InstructionSet) -> ComputeEngine {
        ComputeEngine(instructionSet: instructionSet, team: team)
    }

    private static func floats(_ name: String) throws -> [Float] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder + name)))
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
            return Float(bitPattern: word)
        }
    }
}

/// |a − b| / |b|, infinite where the counts differ.
func relativeDistance(_ ours: [Float], _ theirs: [Float]) -> Double {
    guard ours.count == theirs.count else { return .infinity }
    let square = zip(ours, theirs).reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
    return (square / theirs.reduce(0.0) { $0 + Double($1) * Double($1) }).squareRoot()
}

/// A seeded network on the script's batches.
private final class GoldenRun {
    let network: ResNet50Training
    private(set) var logits: [Float] = []
    private let golden: GoldenStepsTests.Case
    private let seed: UInt64
    private let moments: AdamMoments

    init(_ golden: GoldenStepsTests.Case, seed: UInt64, engine: ComputeEngine) {
        self.golden = golden
        self.seed = seed
        network = ResNet50Training(
            parameters: SeededNetwork.parameters(layout: golden.layout, seed: seed), largestBatch: golden.images,
            inputHeight: golden.height, inputWidth: golden.width, engine: engine)
        moments = AdamMoments(count: network.packedCount)
    }

    /// - Returns: the loss of the batch before the step.
    func step(_ number: Int, learningRate: Double) -> Double {
        let loss = backward(number)
        network.move(by: Adam().step(number + 1, learningRate: learningRate), moments)
        return loss
    }

    func backward(_ step: Int) -> Double {
        let batch = (0..<golden.images).flatMap {
            SeededInput.values(name: "step \(step)/\($0)", seed: seed, height: golden.height, width: golden.width)
        }
        let targets = (0..<golden.images).map { Float((step + $0) % 3 == 0 ? 1 : 0) }
        let loss = BinaryCrossEntropy()
        logits = network.forward(batch)
        network.backward(loss.gradient(logits: logits, targets: targets))
        return loss.loss(logits: logits, targets: targets)
    }
}
