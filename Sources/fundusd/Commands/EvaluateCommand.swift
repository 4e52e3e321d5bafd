// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Evaluation
internal import LabelledData
internal import LinuxIO
internal import Operations
internal import Report
internal import Retraining
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
        let evaluation = try LabelledEvaluation(
            settings, model: model, groups: groups.map { FilePath($0) }, report: report.map { FilePath($0) },
            targetSensitivity: targetSensitivity, seed: seed,
            inService: report != nil || json ? Self.inService(settings) : [:])
        var bar = ProgressBar(total: evaluation.count, isShown: StandardError.isTerminal)
        var lines = ProgressLines(total: evaluation.count)
        let measured = try evaluation.run(tell: StandardError.say) {
            bar.advance()
            if let line = lines.advance(), !StandardError.isTerminal { StandardError.say("Judged \(line)") }
        }
        try tell(measured)
    }

    /// What is known where the model works is worth a look, and no reason to measure nothing: not everybody may read the ledger.
    private static func inService(_ settings: Settings) -> [String: InServiceFigures] {
        do {
            return try settings.reviewedTraining().inService
        } catch {
            StandardError.say("The report has no figures in service: \(explanation(of: error))")
            return [:]
        }
    }

    private func tell(_ report: EvaluationReport) throws {
        if json { return try StandardOutput.say(String(report.document.dropLast())) }
        for line in report.summary.split(separator: "\n", omittingEmptySubsequences: false) {
            try StandardOutput.say(TerminalText.escaped(String(line)))
        }
    }
}
