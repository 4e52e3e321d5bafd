// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Retraining
internal import Settings
internal import Supervision
internal import SystemPackage

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
        let job = TrainingJob(
            settings: settings, output: FilePath(output), base: base, recipe: recipe.resolved,
            data: try images.reader(settings), holdoutFraction: images.holdoutFraction,
            validationFraction: images.validationFraction, seed: seed)
        StopSignals.note()
        let made = try job.run(isResuming: resume, TrainingReporter(logger: WatchCommand.bootstrapLogger()))
        try StandardOutput.say(made.id)
        StandardError.say("\(made.summary); `fundusd model import \(output)` takes it into the store")
    }
}
