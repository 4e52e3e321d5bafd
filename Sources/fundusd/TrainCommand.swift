// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import FundusImage
internal import LabelledData
internal import LinuxIO
internal import Logging
internal import ModelStore
internal import Report
internal import Retraining
internal import Screening
internal import Settings
internal import SystemPackage
internal import TensorMath
internal import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a model from images whose class is known.",
        discussion: """
            Learns from every JPEG and PNG below DIR/disease and DIR/normal, and measures the result on people that it keeps aside. \
            Where DIR/ungradable has enough pictures that no one should judge, a second output learns to know them; \
            DIR/gradable may hold good pictures that nobody has judged. \
            Images of one person stay on one side: people are named by --groups or by the files' names, and pictures \
            that look the same count as one person's. Files that can't be decoded or judged are named and left out.

            The work is kept in MODEL.training until MODEL is there: a checkpoint after each epoch, every 10 minutes, and \
            when SIGTERM or Ctrl-C comes. --resume goes on from it, to the same bits as without the interruption. Takes \
            about 1.3 GB of memory for batches of 8.

            Without --base it goes on from the model that judges, else from the one that ships with the program. A weight \
            file may lack tensors: what is missing is made new, and named.

                fundusd train --labelled labelled --output model
                fundusd model import model
            """)

    @OptionGroup(title: "Folders") var folders: FolderOptions
    @Option(
        name: .shortAndLong, help: ArgumentHelp("The model's folder, which must not be there yet.", valueName: "model"))
    var output: String
    @Option(
        help: ArgumentHelp(
            """
            Start from these weights: a .pth or .safetensors file with 1000 outputs or none, whole or in part; a model of \
            the store; or new for weights drawn from the seed, which need far more images (default: champion, else the \
            model that ships with the program).
            """, valueName: "file|model|new"))
    var base: String?
    @OptionGroup(title: "Recipe") var recipe: RecipeOptions
    @OptionGroup(title: "Images") var images: LabelledOptions
    @Option(help: ArgumentHelp("Where random numbers start: same seed, same model.", valueName: "number"))
    var seed: UInt64 = 0
    @Flag(help: "Go on with the training that was interrupted.") var resume = false
    @Option(help: ArgumentHelp("Threads that compute the network (default: by the machine).", valueName: "count"))
    var threads: String?

    func run() throws {
        let settings = try Settings.resolved(
            folders, [.threads: threads, .maxPixels: images.maxPixels, .maxBytes: images.maxBytes])
        try settings.prepareComputing()
        let output = FilePath(output)
        let logger = WatchCommand.bootstrapLogger()
        let bench = try TrainingBench(output: output, isResuming: resume)
        let base = try base.map { try TrainingBase.named($0, settings, seed: seed) } ?? .usual(settings, seed: seed)
        StopSignals.note()
        let voice = TrainingVoice(logger: logger)
        voice.say(base.sentence)
        let (divided, origin) = try divide(bench, base, settings, voice)
        let start = try bench.start(origin, base.parameters(outputs: divided.manifest.outputs))
        let run = TrainingRun(divided.images, from: start, checkpointPath: bench.checkpointPath)
        switch try voice.follow(run) {
        case .stopped:
            voice.say("Stopped; `fundusd train --resume` with the same options goes on from here.")
            StopSignals.end(by: StopSignals.signal ?? SIGTERM)
        case .finished(let network):
            try publish(network, origin, base, divided.manifest, at: output)
            bench.clear()
        }
    }

    private func divide(
        _ bench: TrainingBench, _ base: TrainingBase, _ settings: Settings, _ voice: TrainingVoice
    ) throws -> (LabelledCollection.Divided, TrainingCheckpoint.Origin) {
        let recipe = recipe.resolved
        let validationFraction = recipe.patience == nil ? 0 : images.validationFraction
        let divided = try images.divided(
            settings, in: bench.folder, recipe, seed: seed, validationFraction: validationFraction,
            voice)
        let origin = TrainingCheckpoint.Origin(
            recipe: recipe, seed: seed, images: divided.manifest.fingerprint, validationFraction: validationFraction,
            base: base.description, madeNew: base.madeNew, instructionSet: "\(ComputeEngine.shared.instructionSet)")
        return (divided, origin)
    }

    private func publish(
        _ network: TrainedNetwork, _ origin: TrainingCheckpoint.Origin, _ base: TrainingBase,
        _ manifest: ImageManifest, at output: FilePath
    ) throws {
        let record: ModelRecord
        do throws(ModelFailure) {
            var model = try network.model(
                origin, parent: base.parent, manifest, date: Date(), softwareVersion: softwareVersion)
            if !network.history.epochs.isEmpty {
                model.attachments.append(
                    ModelAttachment(name: TrainingPage.fileName, bytes: Array(TrainingPage.text(network.history).utf8)))
            }
            record = try ModelFolder.create(model, at: output, date: Date())
        } catch {
            throw Refusal(error.code == .notFinite ? .dataError : .cannotCreate, error.description)
        }
        try StandardOutput.say(record.id)
        StandardError.say("\(network.summary); `fundusd model import \(output)` takes it into the store")
    }
}
