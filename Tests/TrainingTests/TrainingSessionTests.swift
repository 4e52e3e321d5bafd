// SPDX-License-Identifier: Apache-2.0
import Fixtures
import ResNet
import TensorMath
import Testing

@testable import Training

/// What a recipe's values do to a session's steps, held against plainer sessions.
@Suite struct TrainingSessionTests {
    private static let layout = ResNet50Layout(baseWidth: 4, outputs: 1)
    private static let first = SeededNetwork.parameters(layout: layout, seed: 2)
    private static let side = 32
    private static let targets = [true, false, true, true].map { TrainingTarget(isDisease: $0) }

    private static func recipe(_ change: (inout Recipe) -> Void) -> Recipe {
        var recipe = Recipe.experiment
        (recipe.epochs, recipe.batchSize, recipe.inputSide) = (3, 4, side)
        recipe.weightDecay = 0.1
        change(&recipe)
        return recipe
    }

    private static func session(
        madeNew: [String] = [], from state: TrainingState = TrainingState(parameters: first),
        _ change: (inout Recipe) -> Void
    ) -> TrainingSession {
        TrainingSession(recipe(change), targets: targets, seed: 1, madeNew: madeNew, from: state)
    }

    private static func step(_ session: TrainingSession) throws -> TrainingSession.Step {
        try session.step { draw in
            SeededInput.values(name: "image \(draw.image) epoch \(draw.epoch)", seed: 1, height: side, width: side)
        }
    }

    @Test func `each stage learns as in a session with its own rate, and what is new with the whole`() throws {
        let madeNew = ["layer1.0.conv1.weight", "layer3.1.bn2.weight"]
        let decayed = Self.session(madeNew: madeNew) { $0.depthDecay = 0.5 }
        _ = try Self.step(decayed)
        var results: [ResNet50Parameters] = []
        for stages in 0...4 {
            let plain = Self.session { $0.learningRate /= Double(1 << stages) }
            _ = try Self.step(plain)
            results.append(plain.result)
        }
        let stages = ["conv1": 4, "bn1": 4, "layer1": 3, "layer2": 2, "layer3": 1, "layer4": 0, "fc": 0]
        for tensor in Self.layout.parameters where tensor.isTrained {
            let stage = try #require(tensor.name.split(separator: ".").first.flatMap { stages[String($0)] })
            let expected = results[madeNew.contains(tensor.name) ? 0 : stage][tensor.name]
            #expect(decayed.result[tensor.name] == expected, "\(tensor.name)")
        }
        #expect(results[0]["conv1.weight"] != results[4]["conv1.weight"])
    }

    @Test func `smoothed targets lie between one half and the class`() {
        let recipe = Self.recipe { $0.labelSmoothing = 0.1 }
        #expect(abs(recipe.target(true) - 0.95) < 1e-7 && abs(recipe.target(false) - 0.05) < 1e-7)
        #expect(Self.recipe { _ in }.target(true) == 1 && Self.recipe { _ in }.target(false) == 0)
    }

    /// (0.95·softplus(−z) + 0.05·softplus(z)) is the loss that PyTorch gives for such a target.
    @Test func `the loss is that of the smoothed targets`() throws {
        let (plain, smoothed) = (Self.session { _ in }, Self.session { $0.labelSmoothing = 0.2 })
        let (turned, one) = (
            try Self.step(
                TrainingSession(
                    Self.recipe { _ in }, targets: Self.targets.map { TrainingTarget(isDisease: $0.isDisease != true) },
                    seed: 1,
                    from: TrainingState(parameters: Self.first))), try Self.step(plain)
        )
        #expect(abs(try Self.step(smoothed).loss - (0.9 * one.loss + 0.1 * turned.loss)) < 1e-6)
    }

    @Test func `the average follows the weights as plain loops have it`() throws {
        let session = Self.session { $0.weightAveraging = 0.25 }
        var average = Self.first.values.map(Double.init)
        for step in 1...3 {
            _ = try Self.step(session)
            let kept = min(0.25, Double(1 + step) / Double(10 + step))
            let present = session.state.parameters.values
            for place in average.indices { average[place] += (1 - kept) * (Double(present[place]) - average[place]) }
            for (ours, plain) in zip(session.result.values, average) {
                #expect(abs(Double(ours) - plain) <= 1e-6 * max(1, abs(plain)))
            }
            #expect(session.result != session.state.parameters)
        }
        #expect(session.result["bn1.running_mean"] != session.state.parameters["bn1.running_mean"])
    }

    @Test func `without averaging the last weights are the result`() throws {
        let session = Self.session { _ in }
        _ = try Self.step(session)
        #expect(session.result == session.state.parameters && session.state.average == nil)
    }
}
