// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import FoundationEssentials
import FundusImage
import LabelledData
import ModelStore
import ResNet
import Retraining
import SystemPackage
import Testing
import Training

/// Trainings of a narrow network on small drawn pictures, to their end, and cut off on the way.
@Suite struct TrainingRunTests {
    private let folder: TemporaryFolder

    init() { folder = TemporaryFolder() }

    private static let side = 32

    /// Bright above where there is disease, below where there is none, with noise on top; a flip keeps that.
    private static func picture(_ number: Int, isDisease: Bool) -> RGBPicture {
        var generator = SeededGenerator(seed: UInt64(number))
        let pixels = (0..<3 * side * side).map { place -> UInt8 in
            let isAbove = place / 3 / side < side / 2
            return UInt8(generator.next() >> 58) + (isAbove == isDisease ? 150 : 40)
        }
        return RGBPicture(width: side, height: side, pixels: pixels)
    }

    /// As many black pictures, which no one should judge, besides; every fourth of all measures.
    private func gradabilityImages(each count: Int) throws -> TrainingImages {
        var pictures = try PictureFile(in: folder.path, width: Self.side, height: Self.side)
        var examples: [TrainingImages.Example] = []
        for number in 0..<4 * count {
            let label = ImageLabel.allCases[number % 4]
            var picture = Self.picture(number, isDisease: number % 8 < 4)
            if let isDisease = label.isDisease { picture = Self.picture(number, isDisease: isDisease) }
            if !label.isGradable {
                picture = RGBPicture(width: Self.side, height: Self.side, pixels: picture.pixels.map { $0 / 9 })
            }
            examples.append(.init(picture: try pictures.append(picture), label: label, group: number))
        }
        return TrainingImages(
            pictures: pictures, training: examples.filter { $0.group % 16 >= 4 }, validation: [],
            holdout: examples.filter { $0.group % 16 < 4 })
    }

    private func images(training: Int = 10, validation: Int = 0, holdout: Int = 0) throws -> TrainingImages {
        var pictures = try PictureFile(in: folder.path, width: Self.side, height: Self.side)
        var examples: [TrainingImages.Example] = []
        for number in 0..<training + validation + holdout {
            let isDisease = number % 2 == 0
            let picture = try pictures.append(Self.picture(number, isDisease: isDisease))
            examples.append(.init(picture: picture, label: isDisease ? .disease : .normal, group: number))
        }
        return TrainingImages(
            pictures: pictures, training: Array(examples.prefix(training)),
            validation: Array(examples[training..<training + validation]), holdout: Array(examples.suffix(holdout)))
    }

    private static func recipe(_ change: (inout Recipe) -> Void = { _ in }) -> Recipe {
        var recipe = Recipe.screening
        (recipe.epochs, recipe.batchSize, recipe.inputSide) = (3, 4, side)
        recipe.learningRate = 0.003
        change(&recipe)
        return recipe
    }

    private static func first(_ recipe: Recipe, outputs: Int = 1) -> TrainingCheckpoint {
        let parameters = InitialParameters.network(ResNet50Layout(baseWidth: 16, outputs: outputs), seed: 1)
        let origin = TrainingCheckpoint.Origin(
            recipe: recipe, seed: 5, images: "", validationFraction: 0, base: "", instructionSet: "")
        return TrainingCheckpoint(
            origin: origin, state: TrainingState(parameters: parameters), history: TrainingHistory(epochs: []),
            best: nil)
    }

    private var checkpointPath: FilePath { folder.path.appending(TrainingCheckpoint.fileName) }

    private func run(_ images: TrainingImages, from start: TrainingCheckpoint) -> TrainingRun {
        TrainingRun(images, from: start, checkpointPath: checkpointPath)
    }

    private static func network(_ outcome: TrainingRun.Outcome) -> TrainedNetwork? {
        if case .finished(let network) = outcome { network } else { nil }
    }

    @Test func `a training learns what tells its images apart`() throws {
        var epochs: [TrainingHistory.Epoch] = []
        let recipe = Self.recipe { ($0.epochs, $0.batchSize) = (12, 8) }
        let run = run(try images(training: 32, holdout: 20), from: Self.first(recipe))
        let outcome = try run.train(
            shouldStop: { false },
            tell: { news in
                guard case .epoch(let epoch, let count) = news else { return }
                epochs.append(epoch)
                #expect(count == 12)
            })
        let network = try #require(Self.network(outcome))
        #expect(epochs.map(\.epoch) == Array(1...12) && network.history.epochs == epochs)
        #expect(epochs[11].trainLoss < 0.5 * epochs[0].trainLoss)
        #expect(epochs[11].holdoutAUC == 1)
        let figures = try #require(network.figures)
        #expect(figures.roc?.areaUnderCurve == 1 && figures.matrix.sensitivity.value == 1)
    }

    /// The batches are of 4, 4 and 2 images: a stop after any of nine steps.
    @Test(arguments: [
        (Recipe.Alterations.light, Recipe.Arithmetic.float32, 0), (.none, .float32, 0.9), (.camera, .bf16, 0),
    ])
    func `a training stopped after every step goes on to the same bits`(
        alterations: Recipe.Alterations, arithmetic: Recipe.Arithmetic, weightAveraging: Double
    ) throws {
        let recipe = Self.recipe {
            $0.alterations = alterations
            $0.arithmetic = arithmetic
            $0.weightAveraging = weightAveraging
        }
        let images = try images(holdout: 4)
        let whole = try #require(
            Self.network(try run(images, from: Self.first(recipe)).train(shouldStop: { false }, tell: { _ in })))
        var start = Self.first(recipe)
        var stops = 0
        while true {
            let outcome = try run(images, from: start).train(shouldStop: { true }, tell: { _ in })
            if let network = Self.network(outcome) {
                #expect(network.parameters == whole.parameters)
                #expect(network.history.epochs.map(\.trainLoss) == whole.history.epochs.map(\.trainLoss))
                break
            }
            stops += 1
            start = try #require(try TrainingCheckpoint(at: checkpointPath))
            #expect(start.state.steps == stops)
        }
        #expect(stops == 9)
    }

    @Test func `a second output learns which pictures are gradable, and its figures go into the model`() throws {
        let recipe = Self.recipe { ($0.epochs, $0.batchSize) = (12, 8) }
        let images = try gradabilityImages(each: 44)
        let run = run(images, from: Self.first(recipe, outputs: 2))
        let network = try #require(Self.network(try run.train(shouldStop: { false }, tell: { _ in })))
        #expect(network.figures?.samples.count == 22 && network.holdoutProbabilities.count == 22)
        #expect(network.figures?.roc?.areaUnderCurve == 1 && network.history.epochs.last?.holdoutAUC == 1)
        let gradability = try #require(network.gradability)
        #expect(gradability.areaUnderCurve == 1 && gradability.gradableRefused == 0)
        #expect(gradability.gradableCount == 33 && gradability.ungradableCount == 11)
        #expect(gradability.ungradableFound == 11)
        let manifest = ImageManifest(
            (images.training + images.holdout).map {
                .init(sha256: "\($0.group)", label: $0.label, side: .holdout, group: $0.group, path: "")
            })
        let model = try network.model(
            Self.first(recipe).origin, parent: nil, manifest, date: Date(timeIntervalSince1970: 0), softwareVersion: "")
        #expect(model.gradability == gradability.record && model.training?.holdout?.groups == 88)
        let record = try ModelFolder.create(
            model, at: folder.path.appending("model"), date: Date(timeIntervalSince1970: 0))
        #expect(record.role == .judge && record.architecture.outputs == 2 && record.golden?.logits.count == 2)
    }

    @Test func `a training of two outputs, stopped after every step, goes on to the same bits`() throws {
        let recipe = Self.recipe {
            ($0.epochs, $0.draw, $0.labelSmoothing, $0.depthDecay) = (2, .balanced, 0.1, 0.5)
        }
        let images = try gradabilityImages(each: 4)
        let whole = try #require(
            Self.network(
                try run(images, from: Self.first(recipe, outputs: 2)).train(shouldStop: { false }, tell: { _ in })))
        var start = Self.first(recipe, outputs: 2)
        while true {
            let outcome = try run(images, from: start).train(shouldStop: { true }, tell: { _ in })
            if let network = Self.network(outcome) {
                #expect(network.parameters == whole.parameters && network.gradability == whole.gradability)
                break
            }
            start = try #require(try TrainingCheckpoint(at: checkpointPath))
        }
    }

    @Test func `another seed, and the same one, give other weights, and the same ones`() throws {
        func trained(_ seed: UInt64) throws -> ResNet50Parameters? {
            var first = Self.first(Self.recipe { $0.epochs = 1 })
            first.origin.seed = seed
            return Self.network(try run(try images(), from: first).train(shouldStop: { false }, tell: { _ in }))?
                .parameters
        }
        let one = try trained(1)
        #expect(try one == trained(1))
        #expect(try one != trained(2))
    }

    @Test func `a loss that is no number ends the training and leaves the last checkpoint`() throws {
        let good = run(try images(), from: Self.first(Self.recipe()))
        var steps = 0
        _ = try good.train(
            shouldStop: {
                steps += 1
                return steps == 4
            }, tell: { _ in })
        let kept = try #require(try TrainingCheckpoint(at: checkpointPath))
        var poisoned = kept
        poisoned.state.parameters["fc.bias"] = [.nan]
        let bad = run(try images(), from: poisoned)
        #expect(throws: TrainingFault.notFinite(epoch: 2, step: 5)) {
            try bad.train(shouldStop: { false }, tell: { _ in })
        }
        #expect(try TrainingCheckpoint(at: checkpointPath)?.state.parameters == kept.state.parameters)
    }

    /// In the last step of an epoch the weights become no numbers, or so large that nothing can be computed with them.
    @Test(arguments: [(1e39, 0, 1), (1e30, 4, 1), (1e39, 0, 3), (1e30, 4, 3)])
    func `a training that diverges in an epoch's last step ends with its own message, and keeps no such checkpoint`(
        learningRate: Double, holdout: Int, epochs: Int
    ) throws {
        let recipe = Self.recipe {
            ($0.epochs, $0.batchSize, $0.learningRate, $0.schedule) = (epochs, 16, learningRate, .constant)
        }
        let run = run(try images(holdout: holdout), from: Self.first(recipe))
        #expect(throws: TrainingFault.notFinite(epoch: 1, step: 1)) {
            try run.train(shouldStop: { false }, tell: { _ in })
        }
        #expect(try TrainingCheckpoint(at: checkpointPath) == nil)
    }

    @Test func `with patience the best epoch is kept, and the training ends when none is better`() throws {
        let recipe = Self.recipe {
            $0.epochs = 40
            $0.patience = 2
            // So high that it soon grows worse on what it does not train on.
            $0.learningRate = 0.05
            $0.schedule = .constant
        }
        let run = run(try images(training: 8, validation: 8), from: Self.first(recipe))
        let network = try #require(Self.network(try run.train(shouldStop: { false }, tell: { _ in })))
        let losses = network.history.epochs.compactMap(\.validationLoss)
        let best = try #require(network.history.bestEpoch)
        #expect(losses.count == network.history.epochs.count && losses.count < 40)
        #expect(losses[best - 1] == losses.min() && network.history.epochs.count == best + 2)
    }

    @Test func `a checkpoint that can't be written ends the training with what to do`() throws {
        let run = TrainingRun(
            try images(), from: Self.first(Self.recipe()), checkpointPath: folder.path.appending("gone/checkpoint"))
        #expect(throws: ModelFailure.self) { try run.train(shouldStop: { true }, tell: { _ in }) }
    }
}
