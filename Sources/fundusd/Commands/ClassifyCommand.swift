// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import LinuxIO
internal import Settings
internal import SystemPackage
internal import Verdict
internal import WrittenText

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Prints the verdicts of the named images as JSON Lines; the inbox and the ledger are not touched.",
        discussion: """
            One line an image, in the order of the names, each written at once. Exits 0 when all were judged, 65 when \
            some image was rejected or ungradable, 66 when some file could not be read (its line is missing, standard \
            error says why).

                fundusd classify eye.jpg | jq .probability
                find /data -name '*.jpg' | fundusd classify --paths-from -
                fundusd classify --heatmap maps eye.jpg     # maps/eye.jpg.heatmap.jpg
            """)

    @Argument(help: ArgumentHelp("Images; - reads one JPEG from standard input.", valueName: "image"))
    var images: [String] = []
    @Option(help: ArgumentHelp("Read names of images from a file, one a line; - is standard input.", valueName: "file"))
    var pathsFrom: String?
    @Option(help: ArgumentHelp("Judge by this model: an id or a folder (default: the champion).", valueName: "model"))
    var model: String?
    @Option(
        help: ArgumentHelp(
            "Write each judged image as NAME.heatmap.jpg into this folder, colored where it spoke for disease.",
            valueName: "folder"))
    var heatmap: String?
    @Option(help: "What is printed: json, as the outbox has it, or fhir (see `fundusd help export`).")
    var format = VerdictFormat.json
    @OptionGroup(title: "Folders") var folders: FolderOptions
    @OptionGroup(title: "Judging") var judging: JudgingOptions

    func validate() throws {
        if images.isEmpty && pathsFrom == nil { throw ValidationError("Name at least one image, or use --paths-from.") }
        if images.contains("-") && pathsFrom == "-" {
            throw ValidationError("Standard input can't be both an image and a list of names.")
        }
    }

    func run() throws {
        let settings = try Settings.resolved(folders, judging.texts)
        try settings.prepareComputing()
        let folder = try settings.modelFolder(named: model)
        let preparing = PreparedImage.Preparing(
            reader: NamedImageReader(maximumBytes: settings.maxBytes), examiner: try settings.examiner(for: folder))
        // The first picture is decoded while the model is loaded, and each while the one before it is judged.
        let names = images.map { FilePath($0) }
        let prepared = DecodeAhead(count: names.count, limit: 2) { preparing.image(names[$0]) }
        defer { prepared.abandon() }
        let judge = try settings.judge(
            with: try settings.loadModel(in: folder), examiner: preparing.examiner, drawingHeatmaps: heatmap != nil)
        var bar = ProgressBar(total: images.count, isShown: StandardError.isTerminal && !StandardOutput.isTerminal)
        var summary = Summary(heatmaps: try heatmap.map { try HeatmapFolder(FilePath($0)) })
        while let image = try prepared.next() {
            try classify(image, judge, &summary)
            bar.advance()
        }
        if let pathsFrom { try classifyListed(in: pathsFrom, preparing, judge, &summary) }
        if let status = summary.exitStatus { throw ExitCode(status.rawValue) }
    }

    /// Names are read as they come, so that a writer at the other end of a pipe sees each verdict at once.
    private func classifyListed(
        in list: String, _ preparing: PreparedImage.Preparing, _ judge: Judge, _ summary: inout Summary
    ) throws {
        guard let names = LineReader(path: list) else {
            throw Refusal(.noInput, "\(list): the list of names can't be read; check that the file is there")
        }
        do {
            while let name = try names.next() {
                if !name.isEmpty { try classify(preparing.image(FilePath(bytes: name)), judge, &summary) }
            }
        } catch let fault as WrittenText.Fault {
            throw Refusal(.dataError, "\(list) \(fault.message); \(WrittenText.Fault.remedy)")
        }
    }

    /// One bad file costs its own line and no other.
    private func classify(_ image: PreparedImage, _ judge: Judge, _ summary: inout Summary) throws {
        let path = image.path
        let content: ImageContent
        let judgement: Judgement
        do {
            let examination: PictureExaminer.Examination
            (content, examination) = try image.result.get()
            judgement = try judge.judge(content, as: examination)
        } catch {
            summary.unreadable += 1
            StandardError.say(error is SystemFailure ? explanation(of: error) : "\(path): \(explanation(of: error))")
            return
        }
        let verdict = Verdict(
            of: content, named: ImageName(path), judgement, by: judge, receivedAt: image.receivedAt,
            startedAt: image.receivedAt,
            completedAt: Date())
        if verdict.probability.value == nil { summary.unjudged += 1 }
        if let picture = judgement.heatmap { try summary.heatmaps?.write(picture, of: path, sha256: content.sha256) }
        try StandardOutput.say(try format.line(verdict))
    }

    /// What decides the exit status, and where heatmaps go.
    private struct Summary {
        var heatmaps: HeatmapFolder?
        var unreadable = 0
        var unjudged = 0

        var exitStatus: ExitStatus? { unreadable > 0 ? .noInput : unjudged > 0 ? .dataError : nil }
    }
}

/// An image that was read and examined, or why it was not.
private struct PreparedImage: Sendable {
    let path: FilePath
    let receivedAt: Date
    let result: Result<(ImageContent, PictureExaminer.Examination), any Error>

    struct Preparing: Sendable {
        let reader: NamedImageReader
        let examiner: PictureExaminer

        func image(_ path: FilePath) -> PreparedImage {
            PreparedImage(
                path: path, receivedAt: Date(),
                result: Result {
                    let content = try path == "-" ? reader.readStandardInput() : reader.read(path)
                    return (content, try examiner.examine(content))
                })
        }
    }
}
