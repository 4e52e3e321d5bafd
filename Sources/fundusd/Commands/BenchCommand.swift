// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Operations
internal import Settings
internal import SystemPackage

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times decode, preprocessing and network on this machine.",
        discussion: """
            Medians over the rounds, in milliseconds. Without --image a picture of 2000×2000 pixels is drawn. Stop the \
            daemon first: two programs that share the processors tell nothing.
            """)

    @Option(help: ArgumentHelp("Measure with this JPEG.", valueName: "file")) var image: String?
    @Option(help: ArgumentHelp("How often each step is run.", valueName: "count")) var rounds = 15
    @Option(help: ArgumentHelp("Time the network on batches of so many images as well.", valueName: "count"))
    var batch: Int?
    @Option(help: ArgumentHelp("An id or a folder (default: the champion).", valueName: "model")) var model: String?
    @Flag(help: "Time each layer of the network as well: the shortest of the rounds.") var layers = false
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup(title: "Folders") var folders: FolderOptions
    @OptionGroup(title: "Judging") var judging: JudgingOptions

    func validate() throws {
        guard 1...10_000 ~= rounds else { throw ValidationError("--rounds must be between 1 and 10000.") }
        guard 1...256 ~= batch ?? 1 else { throw ValidationError("--batch must be between 1 and 256.") }
    }

    func run() throws {
        let benchmark = InferenceBenchmark(
            try Settings.resolved(folders, judging.texts), image: image.map { FilePath($0) }, model: model,
            rounds: rounds,
            batch: batch, layers: layers)
        let report = try benchmark.run()
        try StandardOutput.say(json ? try report.document() : report.text)
    }
}
