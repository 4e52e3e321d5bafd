// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import LinuxIO
internal import Settings
internal import Verdict

struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Reads the configuration and says every fault with key and remedy.",
        discussion: """
            Sources, later wins: built-in defaults, the file, the environment (FUNDUSD_THRESHOLD=…), options. \
            Exits 78 on any fault, 66 when the file named by --config is not there.
            """)

    @Flag(help: "Show every value with where it came from; the output is itself a valid configuration file.")
    var print = false
    @OptionGroup(title: "Folders") var folders: FolderOptions
    @OptionGroup(title: "Judging") var judging: JudgingOptions
    @OptionGroup(title: "Intake") var intake: IntakeOptions
    @OptionGroup(title: "Review") var review: ReviewOptions
    @OptionGroup(title: "Retraining") var retraining: RetrainOptions

    func run() throws {
        let settings = try Settings.resolved(folders, judging.texts, intake.texts, review.texts, retraining.texts)
        if print { try StandardOutput.say(settings.printed(decided: settings.decidedByTheMachine)) }
        let check = FolderCheck(settings)
        guard check.faults.isEmpty else {
            throw Refusal(.configuration, check.faults.map(\.description).joined(separator: "\n"))
        }
        if !print { try StandardOutput.say("The configuration is good.") }
    }
}
