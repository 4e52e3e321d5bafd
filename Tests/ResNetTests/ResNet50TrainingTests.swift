// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Processor
import ResNet
import TensorMath
import Testing

/// The training network against its plain-loop twin, and what it promises about threads, batches and frozen layers.
@Suite(.serialized) struct ResNet50TrainingTests {
    private static let one = ComputeTeam(threadCount: 1)
    private static let three = ComputeTeam(threadCount: 3)
    /// Channels that fill their blocks of 16, that fill none, and that leave the last one partly empty.
    static let widths = [3, 6]

    private static func parameters(width: Int, outputs: Int = 1) -> ResNet50Parameters {
        SeededNetwork.parameters(layout: ResNet50Layout(baseWidth: width, outputs: outputs), seed: 21)
    }

    private static func batch(_ images: Int, _ height: Int, _ width: Int, name: String = "eye") -> [Float] {
        (0..<images).flatMap { SeededInput.values(name: "\(name) \($0)", seed: 3, height: height, width: width) }
    }

    private static func gradient(_ count: Int) -> [Float] { (0..<count).map { Float($0 % 5) / 8 - 0.2 } }

    @Test(arguments: widths) func `a step equals plain loops`(width: Int) {
        let (images, height, side, outputs) = (2, 33, 47, 2)
        let parameters = Self.parameters(width: width, outputs: outputs)
        let (batch, gradient) = (Self.batch(images, height, side), Self.gradient(images * outputs))
        var reference = ResNet50TrainingReference(parameters: parameters)
        let expected = reference.forward(batch, images: images, height: height, width: side)
        reference.backward(gradient)
        for instructionSet in InstructionSet.available {
            let network = ResNet50Training(
                parameters: parameters, largestBatch: images, inputHeight: height, inputWidth: side,
                engine: ComputeEngine(instructionSet: instructionSet, team: Self.three))
            for (ours, plain) in zip(network.forward(batch), expected) { #expect(abs(ours - plain) <= 1e-4) }
            network.backward(gradient)
            let (gradients, after) = (network.gradients, network.parameters)
            #expect(gradients.count == reference.gradients.count)
            for (name, plain) in reference.gradients {
                #expect(distance(gradients[name] ?? [], plain) <= 2e-4, "\(instructionSet), \(name)")
            }
            for (name, plain) in reference.tensors {
                #expect(distance(Array(after[name]), plain) <= 1e-5, "\(instructionSet), \(name)")
            }
        }
    }

    @Test(arguments: InstructionSet.available, Precision.floating)
    func `threads don't change a bit`(_ instructionSet: InstructionSet, _ precision: Precision) {
        let runs = [Self.one, Self.three].map { team in
            let network = ResNet50Training(
                parameters: Self.parameters(width: 24), largestBatch: 2, inputHeight: 64, inputWidth: 64,
                precision: precision, engine: ComputeEngine(instructionSet: instructionSet, team: team))
            return steps(network, batches: [2, 2, 2])
        }
        #expect(runs[0].0 == runs[1].0)
        #expect(runs[0].1 == runs[1].1)
    }

    /// An epoch's last batch is smaller: it must leave no trace in the next one, nor find one of the last.
    @Test(arguments: Precision.floating) func `smaller batches share the memory without a trace`(_ precision: Precision)
    {
        let engine = ComputeEngine(instructionSet: .best, team: Self.three)
        func network(_ largest: Int, _ parameters: ResNet50Parameters) -> ResNet50Training {
            ResNet50Training(
                parameters: parameters, largestBatch: largest, inputHeight: 64, inputWidth: 40,
                precision: precision, engine: engine)
        }
        let shared = network(4, Self.parameters(width: 8))
        var parameters = Self.parameters(width: 8)
        for images in [4, 3, 4, 1, 3] {
            let alone = network(images, parameters)
            let (ours, theirs) = (steps(shared, batches: [images]), steps(alone, batches: [images]))
            #expect(ours.0 == theirs.0, "\(images) images")
            #expect(ours.1 == theirs.1, "\(images) images")
            parameters = theirs.1
        }
    }

    @Test(arguments: [
        (TrainedLayers.head, 2), (.fromStage(4), 2 + 30), (.fromStage(3), 2 + 30 + 57), (.all, 161),
    ])
    func `layers below stay as they are`(_ trained: TrainedLayers, movedCount: Int) {
        let before = Self.parameters(width: 8)
        func after(_ trained: TrainedLayers) -> ResNet50Parameters {
            let network = ResNet50Training(
                parameters: before, largestBatch: 2, inputHeight: 64, inputWidth: 64, trained: trained,
                engine: ComputeEngine(instructionSet: .best, team: Self.three))
            return steps(network, batches: [2]).1
        }
        let (ours, full) = (after(trained), after(.all))
        let names = before.layout.parameters.filter(\.isTrained).map(\.name)
        let moved = names.filter { ours[$0] != before[$0] }
        #expect(moved == Array(names.suffix(movedCount)))
        // What moves, moves as it does where all layers do.
        for name in moved { #expect(ours[name] == full[name], "\(name)") }
    }

    @Test func `moments keep their values through a checkpoint`() {
        let network = ResNet50Training(
            parameters: Self.parameters(width: 8), largestBatch: 2, inputHeight: 32, inputWidth: 64,
            engine: ComputeEngine(instructionSet: .best, team: Self.one))
        let moments = AdamMoments(count: network.packedCount)
        _ = network.forward(Self.batch(2, 32, 64))
        network.backward(Self.gradient(2))
        network.move(by: Self.step, moments)
        let kept = network.tensors(of: moments)
        let again = network.tensors(of: network.moments(first: kept.first, second: kept.second))
        #expect(again.first == kept.first && again.second == kept.second)
        #expect(kept.first["conv1.weight"]?.contains { $0 != 0 } == true)
    }

    /// What is kept of a training are its parameters and moments: all else follows from them, bit for bit.
    @Test(arguments: Precision.floating) func `a training goes on from a checkpoint with the same bits`(
        _ precision: Precision
    ) {
        func network(_ parameters: ResNet50Parameters) -> ResNet50Training {
            ResNet50Training(
                parameters: parameters, largestBatch: 3, inputHeight: 64, inputWidth: 96, precision: precision,
                engine: ComputeEngine(instructionSet: .best, team: Self.three))
        }
        var training = network(Self.parameters(width: 8))
        var moments = AdamMoments(count: training.packedCount)
        _ = steps(training, batches: [3, 2], moments)
        let kept = (training.parameters, training.tensors(of: moments))
        let uninterrupted = steps(training, batches: [3, 1, 3], moments)
        training = network(kept.0)
        moments = training.moments(first: kept.1.first, second: kept.1.second)
        let resumed = steps(training, batches: [3, 1, 3], moments)
        #expect(resumed.0 == uninterrupted.0)
        #expect(resumed.1 == uninterrupted.1)
        #expect(uninterrupted.1 != kept.0)
    }

    @Test func `one image of one last pixel has no statistics`() async {
        let network = ResNet50Training(
            parameters: Self.parameters(width: 1), largestBatch: 2, inputHeight: 32, inputWidth: 32,
            engine: ComputeEngine(instructionSet: .best, team: Self.one))
        #expect(network.canTrain(images: 2) && !network.canTrain(images: 1) && !network.canTrain(images: 3))
        await #expect(processExitsWith: .failure) {
            let network = ResNet50Training(
                parameters: ResNet50TrainingTests.parameters(width: 1), largestBatch: 2, inputHeight: 32,
                inputWidth: 32)
            _ = network.forward([Float](repeating: 0, count: 3 * 32 * 32))
        }
    }

    /// Adam's first step at the learning rate 0.001.
    private static let step = AdamStep(
        size: 0.01, inverseRoot: 1 / Double(0.001).squareRoot(), firstDecay: 0.9, secondDecay: 0.999, epsilon: 1e-8,
        decay: 0, kept: 1)

    /// One step for each batch of so many images; the last logits and all parameters.
    private func steps(
        _ network: ResNet50Training, batches: [Int], _ moments: AdamMoments? = nil
    ) -> ([Float], ResNet50Parameters) {
        let moments = moments ?? AdamMoments(count: network.packedCount)
        var logits: [Float] = []
        for (number, images) in batches.enumerated() {
            logits = network.forward(
                Self.batch(images, network.inputHeight, network.inputWidth, name: "step \(number)"))
            network.backward(Self.gradient(images))
            network.move(by: Self.step, moments)
        }
        return (logits, network.parameters)
    }

    /// |ours − plain| / |plain|.
    private func distance(_ ours: [Float], _ plain: [Float]) -> Double {
        guard ours.count == plain.count else { return .infinity }
        let square = zip(ours, plain).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        return (square / plain.reduce(0.0) { $0 + Double($1) * Double($1) }).squareRoot()
    }
}
