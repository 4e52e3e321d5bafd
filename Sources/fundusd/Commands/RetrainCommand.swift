// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import LabelledData
internal import LinuxIO
internal import Logging
internal import Operations
internal import Retraining
internal import Settings
internal import Supervision
internal import Verdict

struct RetrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrain",
        abstract: "Trains a challenger on the labelled folders; it becomes the model only if it is not worse.",
        discussion: """
            What fundusd-retrain.timer starts every night. The challenger learns from LABELLED/disease and \
            LABELLED/normal, but for the people who are held out; champion and challenger are then measured on those. \
            What was decided, and why, is in the challenger's decision.json, in the journal and in `fundusd status`. A \
            refused challenger is a normal result: exit status 0. An interrupted training goes on where it was the next \
            time, if the images are the same.

                fundusd retrain --if-grown
                systemctl start fundusd-retrain.service
            """)

    @Flag(help: "Do nothing unless enough labelled images have come since the model was trained.") var ifGrown = false
    @OptionGroup(title: "Folders") var folders: FolderOptions
    @OptionGroup(title: "Retraining") var retraining: RetrainOptions
    @Option(
        name: [.long, .customLong("manifest")],
        help: ArgumentHelp("CSV with the columns path and group (the person).", valueName: "file"))
    var groups: String?
    @Option(
        help: ArgumentHelp(
            "Regular expression; its part in parentheses is the person (default: what stands before _left, _OD …).",
            valueName: "regex"))
    var personPattern: String?
    @Option(help: ArgumentHelp("Threads that compute the network (default: by the machine).", valueName: "count"))
    var threads: String?

    func run() throws {
        let logger = WatchCommand.bootstrapLogger()
        do {
            let settings = try Settings.resolved(folders, retraining.texts, [.threads: threads])
            try settings.prepareComputing()
            StopSignals.note()
            let data = try TrainingDataReader(
                settings, groups: groups, personPattern: personPattern, takesUngradable: false,
                minimumPerClass: settings.retrain.minPerClass, links: .refused)
            let retrainer = Retrainer(
                settings: settings, data: data, reporter: TrainingReporter(logger: logger),
                reviewed: try settings.reviewedTraining())
            try retrainer.run(onlyIfGrown: ifGrown)
        } catch let refusal as Refusal {
            logger.record(.fault, "\(refusal.message)", [.reason: .string(refusal.message)])
            throw ExitCode(refusal.status.rawValue)
        }
    }
}
