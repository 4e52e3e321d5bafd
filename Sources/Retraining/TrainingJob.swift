// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import FoundationEssentials
internal import FundusImage
internal import LabelledData
internal import LinuxIO
internal import ModelStore
internal import Report
package import Settings
internal import Supervision
package import SystemPackage
internal import TensorMath
package import Training
internal import Verdict

/// One training from labelled images to a model's folder.
package struct TrainingJob {
    private let settings: Settings
    /// The model's folder, which must not be there yet.
    private let output: FilePath
    /// What a person named to start from; nil for what a training starts from that names none.
    private let base: String?
    private let recipe: Recipe
    private let data: TrainingDataReader
    /// The share of people who only measure the result.
    private let holdoutFraction: Double
    /// Of the others, the share who decide which epoch is kept, where the recipe has patience.
    private let validationFraction: Double
    private let seed: UInt64

    package init(
        settings: Settings, output: FilePath, base: String?, recipe: Recipe, data: TrainingDataReader,
        holdoutFraction: Double, validationFraction: Double, seed: UInt64
    ) {
        self.settings = settings
        self.output = output
        self.base = base
        self.recipe = recipe
        self.data = data
        self.holdoutFraction = holdoutFraction
        self.validationFraction = recipe.patience == nil ? 0 : validationFraction
        self.seed = seed
    }

    /// The model that was made.
    package struct Made {
        package let id: String
        /// How it measures on the people held out.
        package let summary: String
    }

    /// Trains, and makes the model's folder. Ends the process at SIGTERM and SIGINT, with a checkpoint to go on from.
    ///
    /// - Throws: a `Refusal`.
    package func run(isResuming: Bool, _ reporter: TrainingReporter) throws -> Made {
        try settings.prepareComputing()
        let folder = try TrainingFolder(output: output, isResuming: isResuming)
        let base = try base.map { try TrainingBase.named($0, settings, seed: seed) } ?? .usual(settings, seed: seed)
        reporter.say(base.sentence)
        let divided = try data.divided(
            in: folder.path, recipe, holdoutFraction: holdoutFraction, validationFraction: validationFraction,
            seed: seed, reporter)
        let origin = TrainingCheckpoint.Origin(
            recipe: recipe, seed: seed, images: divided.manifest.fingerprint, validationFraction: validationFraction,
            base: base.description, madeNew: base.madeNew, instructionSet: "\(ComputeEngine.shared.instructionSet)")
        let start = try folder.start(origin, base.parameters(outputs: divided.manifest.outputs))
        let run = TrainingRun(divided.images, from: start, checkpointPath: folder.checkpointPath)
        switch try reporter.follow(run) {
        case .stopped:
            reporter.say("Stopped; `fundusd train --resume` with the same options goes on from here.")
            StopSignals.endAsAsked()
        case .finished(let network):
            let made = try publish(network, origin, base, divided.manifest)
            folder.clear()
            return made
        }
    }

    private func publish(
        _ network: TrainedNetwork, _ origin: TrainingCheckpoint.Origin, _ base: TrainingBase, _ manifest: ImageManifest
    ) throws -> Made {
        do throws(ModelFailure) {
            var model = try network.model(
                origin, parent: base.parent, manifest, date: Date(), softwareVersion: Verdict.Software.current.version)
            if !network.history.epochs.isEmpty {
                model.attachments.append(
                    ModelAttachment(name: TrainingPage.fileName, bytes: Array(TrainingPage.text(network.history).utf8)))
            }
            let record = try ModelFolder.create(model, at: output, date: Date())
            return Made(id: record.id, summary: network.summary)
        } catch {
            throw Refusal(error.code == .notFinite ? .dataError : .cannotCreate, error.description)
        }
    }
}
