// SPDX-License-Identifier: Apache-2.0
package import Evaluation
internal import FundusImage
internal import LabelledData
internal import ModelStore
internal import ResNet
package import SystemPackage
internal import TensorMath
internal import Training

/// A training from its first or last step to its end, with checkpoints on the way.
package final class TrainingRun {
    /// What happens on the way.
    package enum News: Sendable, Equatable {
        case step(images: Int, loss: Double)
        case epoch(TrainingHistory.Epoch, of: Int)
        case checkpoint
    }

    /// How it ended.
    package enum Outcome: Sendable {
        case finished(TrainedNetwork)
        /// Stopped on request, after a checkpoint.
        case stopped
    }

    private let images: TrainingImages
    private let preprocessing: Preprocessing
    private let origin: TrainingCheckpoint.Origin
    private let checkpointPath: FilePath
    private let session: TrainingSession
    private var history: TrainingHistory
    private var best: ResNet50Parameters?

    /// A checkpoint is due after this much work.
    private static let checkpointInterval = Duration.seconds(600)

    /// - Parameters:
    ///   - start: the last checkpoint, of the same origin, or the first state.
    ///   - checkpointPath: where checkpoints are kept.
    package init(
        _ images: TrainingImages, from start: TrainingCheckpoint, checkpointPath: FilePath
    ) {
        let recipe = start.origin.recipe
        session = TrainingSession(
            recipe, targets: images.training.map(\.target), seed: start.origin.seed,
            madeNew: start.origin.madeNew, from: start.state)
        self.images = images
        preprocessing = recipe.preprocessing
        self.checkpointPath = checkpointPath
        origin = start.origin
        history = start.history
        best = start.best
    }

    /// Images that are trained on in all epochs, and those of them that were before.
    package var total: Int { images.training.count * session.recipe.epochs }
    package var done: Int { images.training.count * session.epoch + session.imagesDone }

    /// Trains to the end.
    ///
    /// - Parameter shouldStop: asked after each step; where it says so, a checkpoint is written and the run ends.
    /// - Throws: `TrainingFault`, `ModelFailure` where a checkpoint can't be written; the last one stays whole.
    package func train(shouldStop: () -> Bool, tell: (News) -> Void) throws -> Outcome {
        let clock = ContinuousClock()
        var (lastCheckpoint, epochStart) = (clock.now, clock.now)
        while !session.isFinished && !hasLostPatience {
            let step = try session.step(input)
            if step.epochLoss != nil { try requireNumbers() }
            tell(.step(images: step.images, loss: step.loss))
            if let loss = step.epochLoss {
                let seconds = (clock.now - epochStart) / .seconds(1)
                tell(.epoch(try endEpoch(loss: loss, seconds: seconds), of: session.recipe.epochs))
                epochStart = clock.now
            }
            let stops = shouldStop()
            guard stops || step.epochLoss != nil || clock.now - lastCheckpoint >= Self.checkpointInterval else {
                continue
            }
            if step.epochLoss == nil { try requireNumbers() }
            try checkpoint.write(to: checkpointPath)
            tell(.checkpoint)
            lastCheckpoint = clock.now
            if stops { return .stopped }
        }
        return .finished(try trained())
    }

    /// A step's loss is that of the weights before it: what the step made of them shows in the next one, or here.
    private func requireNumbers() throws(TrainingFault) {
        guard session.state.isFinite else { throw diverged }
    }

    private var diverged: TrainingFault {
        .notFinite(epoch: session.lastStep.epoch, step: session.lastStep.step)
    }

    private func input(_ draw: ImageDraw) throws -> [Float] {
        let again = draw.repetition == 0 ? "" : ", again \(draw.repetition)"
        var stream = SplitMix64(name: "image \(draw.image) in epoch \(draw.epoch)\(again)", seed: session.seed)
        return try images.input(images.training[draw.image], preprocessing) { picture in
            // A camera alters what lies before it: the damage comes first.
            let seen = draw.isDamaged ? PictureDamage.drawn(using: &stream).applied(to: picture) : picture
            return session.recipe.alterations.altered(seen, using: &stream)
        }
    }

    private func endEpoch(loss: Double, seconds: Double) throws -> TrainingHistory.Epoch {
        let parameters = session.result
        let validation = try NetworkMeasurement(parameters, images.validation, of: images, preprocessing)
        let holdout = try NetworkMeasurement(parameters, images.holdout, of: images, preprocessing)
        guard [loss, validation?.loss ?? 0, holdout?.loss ?? 0].allSatisfy(\.isFinite) else { throw diverged }
        let epoch = TrainingHistory.Epoch(
            epoch: session.epoch, trainLoss: loss, validationLoss: validation?.loss, holdoutLoss: holdout?.loss,
            holdoutAUC: holdout?.areaUnderCurve, seconds: seconds)
        history.epochs.append(epoch)
        if let loss = validation?.loss, loss < bestValidationLoss {
            history.bestEpoch = epoch.epoch
            best = parameters
        }
        return epoch
    }

    /// Of the epochs before the last.
    private var bestValidationLoss: Double {
        history.epochs.dropLast().compactMap(\.validationLoss).min() ?? .infinity
    }

    private var hasLostPatience: Bool {
        guard let patience = session.recipe.patience, let bestEpoch = history.bestEpoch else { return false }
        return session.imagesDone == 0 && session.epoch - bestEpoch >= patience
    }

    private var checkpoint: TrainingCheckpoint {
        TrainingCheckpoint(origin: origin, state: session.state, history: history, best: best)
    }

    private func trained() throws -> TrainedNetwork {
        let parameters = best ?? session.result
        let measured = try NetworkMeasurement(parameters, images.holdout, of: images, preprocessing)
        let logits = (measured?.logits ?? []) + (measured?.gradabilityLogits ?? [])
        guard logits.allSatisfy(\.isFinite) else { throw diverged }
        return try TrainedNetwork(
            parameters: parameters, history: history, holdout: images.holdout, logits: measured?.logits ?? [],
            gradabilityLogits: measured?.gradabilityLogits)
    }
}

extension TrainingImages.Example {
    /// What the training is to know of it.
    fileprivate var target: TrainingTarget {
        TrainingTarget(isDisease: label.isDisease, isGradable: label.isGradable, source: source)
    }
}
