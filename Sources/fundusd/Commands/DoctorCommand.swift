// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import LinuxIO
internal import Operations
internal import Settings
internal import Supervision
internal import Verdict

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at folders, rights, limits, disk, model, ledger and daemon, and says what to do.",
        discussion: """
            Changes nothing, but that it may pack a model's weights anew, and tries names in a hidden folder of the outbox, which \
            is gone afterwards. Exits 0 where nothing keeps fundusd from working, \
            78 where something does. Run it as the service's user:

                sudo -u fundusd fundusd doctor
            """)

    @OptionGroup(title: "Folders") var folders: FolderOptions
    @OptionGroup(title: "Judging") var judging: JudgingOptions
    @OptionGroup(title: "Intake") var intake: IntakeOptions

    func run() throws {
        let settings = try Settings.resolved(folders, judging.texts, intake.texts)
        try settings.prepareComputing()
        let diagnosis = Diagnosis(settings)
        for finding in diagnosis.findings {
            let remedy = finding.remedy.isEmpty ? "" : ". \(finding.remedy)"
            try StandardOutput.say(
                "\(finding.level.rawValue)  \(finding.subject): \(TerminalText.escaped(finding.sentence + remedy))")
        }
        guard !diagnosis.hasFaults else {
            throw Refusal(.configuration, "fundusd can't work like this; see FAULT above")
        }
    }
}
