// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import LinuxIO
import ModelStore
import ResNet
import Retraining
import SystemPackage
import Testing
import Training

/// What a training keeps on disk.
@Suite struct TrainingCheckpointTests {
    private let folder: TemporaryFolder
    private var path: FilePath { folder.path.appending(TrainingCheckpoint.fileName) }

    init() { folder = TemporaryFolder() }

    private static func checkpoint(hasBest: Bool) -> TrainingCheckpoint {
        let layout = ResNet50Layout(baseWidth: 2, outputs: 1)
        var state = TrainingState(parameters: InitialParameters.network(layout, seed: 3))
        for tensor in layout.parameters where tensor.isTrained {
            state.firstMoments[tensor.name] = (0..<tensor.count).map { Float($0) * 0.1 }
            state.secondMoments[tensor.name] = (0..<tensor.count).map { 1 / Float($0 + 3) }
        }
        if hasBest { state.average = InitialParameters.network(layout, seed: 5) }
        (state.epoch, state.imagesDone, state.steps, state.lossSum) = (2, 16, 31, 0.1 + 0.2)
        let origin = TrainingCheckpoint.Origin(
            recipe: .experiment, seed: .max, images: "abc", validationFraction: 0.1, base: "b", instructionSet: "avx2")
        let history = TrainingHistory(
            epochs: [.init(epoch: 1, trainLoss: 0.7), .init(epoch: 2, trainLoss: 0.6, validationLoss: 1 / 3)],
            bestEpoch: 2)
        return TrainingCheckpoint(
            origin: origin, state: state, history: history,
            best: hasBest ? InitialParameters.network(layout, seed: 4) : nil)
    }

    @Test(arguments: [true, false])
    func `everything comes back to the bit`(hasBest: Bool) throws {
        let checkpoint = Self.checkpoint(hasBest: hasBest)
        try checkpoint.write(to: path)
        let read = try #require(try TrainingCheckpoint(at: path))
        #expect(read.origin == checkpoint.origin && read.history == checkpoint.history && read.best == checkpoint.best)
        #expect(read.state.parameters == checkpoint.state.parameters)
        #expect(read.state.average == checkpoint.state.average)
        #expect(read.state.firstMoments == checkpoint.state.firstMoments)
        #expect(read.state.secondMoments == checkpoint.state.secondMoments)
        #expect(read.state.lossSum.bitPattern == checkpoint.state.lossSum.bitPattern)
        #expect((read.state.epoch, read.state.imagesDone, read.state.steps) == (2, 16, 31))
    }

    @Test func `before the first step there are no moments`() throws {
        var checkpoint = Self.checkpoint(hasBest: false)
        (checkpoint.state.firstMoments, checkpoint.state.secondMoments) = ([:], [:])
        try checkpoint.write(to: path)
        #expect(try TrainingCheckpoint(at: path)?.state.firstMoments.isEmpty == true)
    }

    @Test(arguments: [Double.nan, .infinity]) func `a history of what is no number is not written`(loss: Double) throws
    {
        var checkpoint = Self.checkpoint(hasBest: false)
        checkpoint.history.epochs[1].trainLoss = loss
        #expect { try checkpoint.write(to: path) } throws: { ($0 as? ModelFailure)?.code == .notFinite }
        #expect(try TrainingCheckpoint(at: path) == nil)
    }

    @Test(arguments: [Float.nan, .infinity]) func `weights that are no numbers are not gone on with`(value: Float)
        throws
    {
        var checkpoint = Self.checkpoint(hasBest: false)
        checkpoint.state.parameters["fc.bias"] = [value]
        try checkpoint.write(to: path)
        #expect { try TrainingCheckpoint(at: path) } throws: {
            ($0 as? ModelFailure)?.code == .notFinite && ($0 as? ModelFailure)?.tensor == "parameters/fc.bias"
        }
    }

    @Test func `no file is no checkpoint`() throws { #expect(try TrainingCheckpoint(at: path) == nil) }

    @Test(arguments: [0, 1, 8, 100, 5000])
    func `a file that was cut off is refused`(length: Int) throws {
        try Self.checkpoint(hasBest: false).write(to: path)
        let bytes = try Descriptor.open(path, 0).read(upTo: length, at: 0)
        try AtomicFile.write(bytes, to: path)
        #expect(throws: ModelFailure.self) { try TrainingCheckpoint(at: path) }
    }
}
