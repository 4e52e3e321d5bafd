// SPDX-License-Identifier: Apache-2.0
package import ResNet
package import TensorMath

/// A training under way: epochs of batches, the loss, the optimizer, the schedule. Opens no file and knows no clock.
///
/// Same recipe, images, seed, first state and instruction set: the same bits, however often the state was taken out and
/// put in again between steps. Not thread-safe.
package final class TrainingSession {
    /// What one step did.
    package struct Step: Sendable, Equatable {
        package let images: Int
        /// The step's loss, mean over its images.
        package let loss: Double
        /// The mean loss over the whole epoch, at its last step.
        package let epochLoss: Double?
    }

    package let recipe: Recipe
    package let seed: UInt64
    private let targets: [TrainingTarget]
    private let network: ResNet50Training
    private let moments: AdamMoments
    private let average: ParameterAverage?
    private let loss: JudgeLoss
    private let schedule: LearningRateSchedule
    private let stepCount: Int
    private let madeNew: Set<String>
    private let damageShare: Double
    private var order: [ImageDraw]
    /// Counted from 0: epochs that are done.
    package private(set) var epoch: Int
    /// Of the epoch that runs.
    package private(set) var imagesDone: Int
    private var lossSum: Double
    private var steps: Int

    /// Takes all memory that the training needs.
    ///
    /// - Parameters:
    ///   - targets: of each image; the network's first logit speaks for disease, its second, if it has one, for gradable.
    ///   - madeNew: tensors that no training has seen before this one.
    package init(
        _ recipe: Recipe, targets: [TrainingTarget], seed: UInt64, madeNew: [String] = [],
        from state: TrainingState, engine: ComputeEngine = .shared
    ) {
        precondition(!targets.isEmpty && recipe.epochs >= 0 && recipe.batchSize > 0, "something to train")
        let outputs = state.parameters.layout.outputs ?? 0
        precondition(1...2 ~= outputs, "a logit for disease, and perhaps one for gradability")
        self.recipe = recipe
        self.seed = seed
        self.madeNew = Set(madeNew)
        self.targets = targets
        network = ResNet50Training(
            parameters: state.parameters, largestBatch: min(recipe.batchSize, targets.count),
            inputHeight: recipe.inputSide, inputWidth: recipe.inputSide, trained: recipe.trainedLayers.layers,
            precision: recipe.arithmetic.precision, engine: engine)
        moments =
            state.firstMoments.isEmpty
            ? AdamMoments(count: network.packedCount)
            : network.moments(first: state.firstMoments, second: state.secondMoments)
        average = recipe.weightAveraging > 0 ? network.average(from: state.average ?? state.parameters) : nil
        loss = recipe.loss(outputs: outputs, over: targets)
        stepCount = (targets.count + recipe.batchSize - 1) / recipe.batchSize * recipe.epochs
        schedule = recipe.learningRateSchedule(stepCount: stepCount)
        epoch = state.epoch
        imagesDone = state.imagesDone
        lossSum = state.lossSum
        steps = state.steps
        damageShare = outputs == 2 ? recipe.damageShare : 0
        order = EpochOrder.draws(
            targets, recipe.draw, damageShare: damageShare, epoch: state.epoch, seed: seed)
    }

    /// Whether all epochs are over.
    package var isFinished: Bool { epoch >= recipe.epochs }

    /// Everything that a later session needs to go on from here.
    package var state: TrainingState {
        var state = TrainingState(parameters: network.parameters)
        (state.firstMoments, state.secondMoments) = network.tensors(of: moments)
        state.average = average.map(network.parameters)
        state.epoch = epoch
        state.imagesDone = imagesDone
        state.lossSum = lossSum
        state.steps = steps
        return state
    }

    /// Where the training is; counted from 1.
    package var lastStep: (epoch: Int, step: Int) { (imagesDone == 0 ? epoch : epoch + 1, steps) }

    /// What the training has come to: the averaged network where the recipe wants one, else the last.
    package var result: ResNet50Parameters { average.map(network.parameters) ?? network.parameters }

    /// Trains on the next batch.
    ///
    /// - Parameter input: gives an image's 3×side×side normalized values, altered, and damaged, as it is to be in this draw.
    /// - Throws: what `input` throws, before anything has changed; `TrainingFault` where the loss is no number.
    package func step(_ input: (ImageDraw) throws -> [Float]) throws -> Step {
        precondition(!isFinished, "all epochs are over")
        let draws = order[imagesDone..<min(imagesDone + recipe.batchSize, order.count)]
        // A single image whose last maps have one place has no variance: it waits for the next epoch.
        guard network.canTrain(images: draws.count) else { return finish(draws.count, loss: 0, sum: 0) }
        let batch = try draws.flatMap { try input($0) }
        let targets = draws.map { $0.isDamaged ? TrainingTarget.damaged : self.targets[$0.image] }
        let logits = network.forward(batch)
        let value = loss.value(logits: logits, targets: targets)
        guard value.isFinite else { throw TrainingFault.notFinite(epoch: epoch + 1, step: steps + 1) }
        network.backward(loss.gradient(logits: logits, targets: targets))
        let rate = recipe.learningRate * schedule.factor(step: steps, of: stepCount)
        steps += 1
        let optimizer = recipe.optimizer
        network.move(moments) { tensor in
            optimizer.step(steps, learningRate: rate * recipe.learningShare(of: tensor, madeNew: madeNew))
        }
        if let average { network.move(average, keeping: recipe.averageKept(step: steps)) }
        return finish(draws.count, loss: value, sum: value * Double(draws.count))
    }

    private func finish(_ images: Int, loss: Double, sum: Double) -> Step {
        imagesDone += images
        lossSum += sum
        guard imagesDone == order.count else { return Step(images: images, loss: loss, epochLoss: nil) }
        let epochLoss = lossSum / Double(order.count)
        (epoch, imagesDone, lossSum) = (epoch + 1, 0, 0)
        order = EpochOrder.draws(targets, recipe.draw, damageShare: damageShare, epoch: epoch, seed: seed)
        return Step(images: images, loss: loss, epochLoss: epochLoss)
    }
}

/// Why a training can't go on.
package enum TrainingFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    case notFinite(epoch: Int, step: Int)

    package var description: String {
        switch self {
        case .notFinite(let epoch, let step):
            """
            the loss or the weights are no numbers any more in epoch \(epoch), step \(step): the learning rate is too high for these \
            images and weights; start again with a lower one
            """
        }
    }
}

extension Recipe.Layers {
    /// The layers as the network knows them.
    var layers: TrainedLayers {
        switch self {
        case .all: .all
        case .fromStage2: .fromStage(2)
        case .fromStage3: .fromStage(3)
        case .fromStage4: .fromStage(4)
        case .head: .head
        }
    }
}

extension Recipe.Arithmetic {
    /// What feature maps are stored in.
    var precision: Precision {
        switch self {
        case .float32: .float32
        case .bf16: .bfloat16
        }
    }
}
