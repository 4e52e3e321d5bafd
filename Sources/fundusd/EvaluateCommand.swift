// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import FundusImage
internal import LinuxIO
internal import ModelStore
internal import Report
internal import ResNet
internal import Screening
internal import Settings
internal import Supervision
internal import SystemPackage

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measures a model on images whose class is known.",
        discussion: """
            Judges every JPEG and PNG below DIR/disease and DIR/normal and says how well the model tells them apart: AUC, \
            sensitivity, specificity, predictive values, accuracy, F1, calibration, each with its 95 % interval. Positive \
            means disease. Folders below the two classes are reported one by one too. Files that can't be decoded are named \
            and left out; ungradable images count, and the figures without them are given beside.

                fundusd evaluate --labelled validation --report report
                fundusd evaluate --labelled validation --groups people.csv --target-sensitivity 0.95

            Exits 0 when there are figures, 65 when a class has no usable image, 66 when a folder is missing.
            """)

    @OptionGroup(title: "Folders") var folders: FolderOptions
    @Option(help: ArgumentHelp("Measure this model: an id or a folder (default: the champion).", valueName: "model"))
    var model: String?
    @Option(help: ArgumentHelp("Write report.html, report.json and predictions.csv here.", valueName: "folder"))
    var report: String?
    @Option(
        name: [.long, .customLong("manifest")],
        help: ArgumentHelp(
            "CSV with the columns path, and group (the person), source or both; images of one person stay together.",
            valueName: "file"))
    var groups: String?
    @Option(help: ArgumentHelp("P(disease) at or above it is disease (default: the model's own).", valueName: "0…1"))
    var threshold: String?
    @Option(help: ArgumentHelp("Find the threshold that reaches this sensitivity, and its cost.", valueName: "0…1"))
    var targetSensitivity = 0.95
    @Option(help: ArgumentHelp("Where random numbers start: same seed, same intervals.", valueName: "number"))
    var seed: UInt64 = 0
    @Flag(help: "Print report.json instead of the summary.") var json = false
    @Option(help: ArgumentHelp("Larger images are left out by their header (default: 100M).", valueName: "count"))
    var maxPixels: String?
    @Option(help: ArgumentHelp("Larger files are left out (default: 64MiB).", valueName: "size"))
    var maxBytes: String?
    @Option(help: ArgumentHelp("Threads that compute the network (default: by the machine).", valueName: "count"))
    var threads: String?

    func validate() throws {
        guard targetSensitivity > 0, targetSensitivity <= 1 else {
            throw ValidationError("--target-sensitivity must be above 0 and at most 1.")
        }
    }

    func run() throws {
        let settings = try Settings.resolved(
            folders,
            [.threshold: threshold, .maxPixels: maxPixels, .maxBytes: maxBytes, .threads: threads])
        let folder = try LabelledFolder(settings.labelled)
        try folder.requireBothClasses()
        let table = try groups.map { try ImageGroups(FilePath($0), root: settings.labelled) }
        let reportFolder = try report.map { try ReportFolder(FilePath($0)) }
        let loaded = try settings.loadModel(named: model)
        let judging = LabelledJudging(
            folder: folder, judge: try settings.judge(with: loaded, drawingHeatmaps: false, accepting: .jpegAndPNG),
            reader: NamedImageReader(maximumBytes: settings.maxBytes), groups: table)
        var report = try measure(judging, loaded, settings)
        if let reportFolder {
            let (missed, falseAlarms) = report.worstMistakes(atMost: Self.shownMistakes)
            report.mistakes = try judging.pictures(of: missed + falseAlarms)
            report.history = try settings.history(ofModel: model)
            try reportFolder.write(report)
        }
        try tell(report)
    }

    /// Of each kind, in the report.
    private static let shownMistakes = 6

    private func measure(
        _ judging: LabelledJudging, _ loaded: LoadedModel, _ settings: Settings
    ) throws -> EvaluationReport {
        var bar = ProgressBar(total: judging.folder.entries.count, isShown: StandardError.isTerminal)
        for remark in judging.folder.remarks { StandardError.say(remark) }
        var lines = ProgressLines(total: judging.folder.entries.count)
        let outcome = try judging.run {
            bar.advance()
            if let line = lines.advance(), !StandardError.isTerminal { StandardError.say("Judged \(line)") }
        }
        for file in outcome.skipped { StandardError.say("\(file.path) is skipped: \(file.reason)") }
        for (name, isDisease) in [("disease", true), ("normal", false)] {
            guard outcome.images.contains(where: { $0.isDisease == isDisease }) else {
                throw judging.folder.emptyClass(name, skipped: outcome.skipped.count)
            }
        }
        try checkGroups(outcome.images)
        var generator = SplitMix64(seed: seed)
        return try EvaluationReport(
            question(judging.judge.operatingPoint, settings), model: .init(loaded.record), images: outcome.images,
            skipped: outcome.skipped, unread: judging.folder.unread.kinds.map(EvaluationReport.Unread.init),
            using: &generator)
    }

    private func checkGroups(_ images: [EvaluationReport.Image]) throws {
        guard let groups else { return }
        let unknown = images.count { $0.group == nil && $0.source == nil }
        if unknown == images.count {
            throw Refusal(
                .dataError,
                """
                \(groups): has no row for any of the images, such as \(images[0].path); its paths must begin at the \
                labelled folder or at the table's own folder
                """)
        }
        if unknown > 0 {
            StandardError.say(
                "\(unknown) of \(images.count) images are not in \(groups): each counts as its own person")
        }
    }

    private func question(_ point: OperatingPoint, _ settings: Settings) -> EvaluationReport.Question {
        let origin =
            switch point.source {
            case .model: "the model's own threshold"
            case .configuration: "set by \(settings.provenance[.threshold]?.origin ?? "the configuration")"
            case .targetSensitivity: "the model's threshold for the configured sensitivity"
            }
        return EvaluationReport.Question(
            folder: ImageName(settings.labelled).description,
            figures: .init(threshold: point.value, targetSensitivity: targetSensitivity), thresholdOrigin: origin,
            seed: seed, date: Date().timestamp, softwareVersion: softwareVersion)
    }

    private func tell(_ report: EvaluationReport) throws {
        if json { return try StandardOutput.say(String(report.document.dropLast())) }
        for line in report.summary.split(separator: "\n", omittingEmptySubsequences: false) {
            try StandardOutput.say(TerminalText.escaped(String(line)))
        }
    }
}

extension EvaluationReport.Unread {
    fileprivate init(_ kind: UnreadFiles.Kind) {
        self.init(kind: kind.appearance, count: kind.count, first: kind.names)
    }
}

extension EvaluationReport.Model {
    fileprivate init(_ record: ModelRecord) {
        self.init(
            id: record.id, sha256: record.sha256, trainedAt: record.trainedAt?.timestamp, recipe: record.recipe,
            outputClass: record.positiveClass.rawValue)
    }
}

extension Settings {
    /// How the model's training went, where its folder tells; nil for an imported model.
    fileprivate func history(ofModel name: String?) throws -> TrainingHistory? {
        let store = ModelStore(root: state)
        let folder = try store.resolve(name ?? ModelStore.championLink)
        do {
            return try folder.attachment(TrainingHistory.fileName).map {
                try JSONDecoder().decode(TrainingHistory.self, from: Data($0))
            }
        } catch let failure as ModelFailure {
            StandardError.say("the report has no loss curve: \(failure.description)")
        } catch {
            let path = folder.path.appending(TrainingHistory.fileName)
            StandardError.say("\(path) is no history of a training, so the report has no loss curve")
        }
        return nil
    }
}
