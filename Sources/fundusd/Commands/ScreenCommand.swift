// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Intake
internal import LinuxIO
internal import Logging
internal import Operations
internal import Screening
internal import Settings
internal import Verdict

struct ScreenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screen",
        abstract: "Screens what lies in the inbox now, then exits.",
        discussion: """
            The daemon's own pipeline, for cron and scripts: each new image gets its verdict in the outbox. Exits 0 when \
            nothing is left to do, 74 when a fault of the machine held images back, 75 when a daemon is at work on the \
            same state folder.
            """)

    @Flag(help: "Screen once and exit. Required: to keep watching, there is `fundusd watch`.")
    var once = false
    @OptionGroup(title: "Folders") var folders: FolderOptions
    @OptionGroup(title: "Judging") var judging: JudgingOptions
    @OptionGroup(title: "Intake") var intake: IntakeOptions
    @OptionGroup(title: "Review") var review: ReviewOptions

    func validate() throws {
        guard once else { throw ValidationError("Say `fundusd screen --once`; to keep watching: `fundusd watch`.") }
    }

    func run() async throws {
        let settings = try Settings.resolved(folders, judging.texts, intake.texts, review.texts)
        let journal = ScreeningJournal(logger: WatchCommand.bootstrapLogger())
        let session = try ScreeningSession(
            settings, patience: .once(settlingTime: settings.settle), tell: journal.tell)
        let before = session.counters.total
        let remainder = try await screenAll(session)
        try StandardOutput.say("\(session.counters.total - before) new verdicts in \(settings.outbox).")
        if remainder.incomplete > 0 {
            StandardError.say("\(remainder.incomplete) files are still being written; they are left for the next time.")
        }
        if remainder.heldBack > 0 {
            throw Refusal(.inputOutput, "\(remainder.heldBack) images are held back; see above, and run this again.")
        }
    }

    private func screenAll(_ session: ScreeningSession) async throws -> InboxPass.Remainder {
        do {
            try session.queueRecovered()
            var pass = InboxPass(
                scanner: session.scanner(), worker: session.worker(), workerCount: session.settings.workerCount,
                control: session.control, retries: session.retries)
            return try await pass.run()
        } catch {
            throw Refusal(.inputOutput, "\(error)")
        }
    }
}
