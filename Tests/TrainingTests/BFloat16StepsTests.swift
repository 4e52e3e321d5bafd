// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Processor
import ResNet
import TensorMath
import Testing
import Training

/// Training in bf16 against training in float32, with PyTorch's autocast as the yardstick; see `Golden/make_bf16.py`.
@Suite(.serialized) struct BFloat16StepsTests {
    struct Yardstick: Decodable, Sendable {
        let seed: UInt64
        let learningRate: Double
        let baseWidth, side, images: Int
        let losses, roundedLosses: [Double]
        let medianDistance, largestDistance: Double
    }

    private static let path =
        "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Golden/bf16.json"
    private static let team = ComputeTeam(threadCount: 2)
    private let yardstick: Yardstick

    init() throws {
        yardstick = try JSONDecoder().decode(Yardstick.self, from: Data(contentsOf: URL(filePath: Self.path)))
    }

    @Test(arguments: InstructionSet.available)
    func `gradients are as near float32 as PyTorch's`(_ instructionSet: InstructionSet) throws {
        let (exact, rounded) = (run(.float32, instructionSet), run(.bfloat16, instructionSet))
        _ = (exact.step(0), rounded.step(0))
        let ours = rounded.network.gradients
        let distances = exact.network.gradients.map { relativeDistance(ours[$0] ?? [], $1) }.sorted()
        let (median, largest) = (distances[distances.count / 2], distances[distances.count - 1])
        #expect(median <= 1.25 * yardstick.medianDistance)
        #expect(largest <= 1.25 * yardstick.largestDistance)
        // Where nothing is rounded there is no difference, and bf16 would be no option.
        #expect(median >= 0.01)
        print("bf16 gradients, \(instructionSet): median \(median), largest \(largest) of the norm from float32")
    }

    @Test(arguments: InstructionSet.available) func `the loss falls as in float32`(_ instructionSet: InstructionSet) {
        let (exact, rounded) = (run(.float32, instructionSet), run(.bfloat16, instructionSet))
        var (largest, last) = (0.0, 0.0)
        for step in yardstick.losses.indices {
            last = rounded.step(step)
            largest = max(largest, abs(last - exact.step(step)))
        }
        let theirs = zip(yardstick.roundedLosses, yardstick.losses).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(largest <= 2 * theirs)
        #expect(last < yardstick.losses[0] / 2)
        print("bf16 losses of 20 steps, \(instructionSet): \(largest) from float32's, PyTorch's \(theirs)")
    }

    private func run(_ precision: Precision, _ instructionSet: InstructionSet) -> RepeatedSteps {
        RepeatedSteps(yardstick, precision, ComputeEngine(instructionSet: instructionSet, team: Self.team))
    }
}

/// Steps of a seeded network on one batch, again and again.
private final class RepeatedSteps {
    let network: ResNet50Training
    private let learningRate: Double
    private let moments: AdamMoments
    private let batch: [Float]
    private let targets: [Float]
    private let loss = BinaryCrossEntropy()

    init(_ yardstick: BFloat16StepsTests.Yardstick, _ precision: Precision, _ engine: ComputeEngine) {
        let side = yardstick.side
        network = ResNet50Training(
            parameters: SeededNetwork.parameters(
                layout: ResNet50Layout(baseWidth: yardstick.baseWidth, outputs: 1), seed: yardstick.seed),
            largestBatch: yardstick.images, inputHeight: side, inputWidth: side, precision: precision,
            engine: engine)
        learningRate = yardstick.learningRate
        moments = AdamMoments(count: network.packedCount)
        batch = (0..<yardstick.images).flatMap {
            SeededInput.values(name: "step 0/\($0)", seed: yardstick.seed, height: side, width: side)
        }
        targets = (0..<yardstick.images).map { $0 % 3 == 0 ? 1 : 0 }
    }

    /// - Returns: the loss before the step.
    func step(_ number: Int) -> Double {
        let logits = network.forward(batch)
        network.backward(loss.gradient(logits: logits, targets: targets))
        network.move(by: Adam().step(number + 1, learningRate: learningRate), moments)
        return loss.loss(logits: logits, targets: targets)
    }
}
