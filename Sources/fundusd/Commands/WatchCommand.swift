// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import Intake
internal import LinuxIO
internal import Logging
internal import Operations
internal import Screening
internal import Settings
internal import Supervision

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "The daemon: watches the inbox and writes verdicts to the outbox until SIGTERM.",
        discussion: """
            Runs under systemd as fundusd.service, or by hand on a terminal (Ctrl-C ends it). SIGHUP reads the \
            configuration again. What happens goes to the journal, or as text to standard error.
            """)

    @OptionGroup(title: "Folders") var folders: FolderOptions
    @OptionGroup(title: "Judging") var judging: JudgingOptions
    @OptionGroup(title: "Intake") var intake: IntakeOptions
    @OptionGroup(title: "Review") var review: ReviewOptions

    func run() async throws {
        // Who reads the log may go away: writing to him is an error then, not the end.
        signal(SIGPIPE, SIG_IGN)
        let (logger, queue) = Self.queuedLogger()
        defer { queue.drain(within: 2) }
        do {
            try await watch(logger)
        } catch let refusal as Refusal {
            // Told in the journal too: under the service manager nobody sees standard error otherwise.
            logger.record(.fault, "\(refusal.message)", [.reason: .string(refusal.message)])
            throw ExitCode(refusal.status.rawValue)
        }
    }

    static func bootstrapLogger() -> Logger {
        let destination = LogDestination.current(environment: ProcessInfo.processInfo.environment)
        LoggingSystem.bootstrap { _ in destination.handler(level: .info) }
        return Logger(label: "fundusd")
    }

    /// A logger for which nobody waits: a stopped journald or a full pipe keeps no picture from its verdict.
    private static func queuedLogger() -> (Logger, LogQueue) {
        let destination = LogDestination.current(environment: ProcessInfo.processInfo.environment)
        let queue = destination.queue()
        LoggingSystem.bootstrap { _ in destination.handler(level: .info, queue: queue) }
        return (Logger(label: "fundusd"), queue)
    }

    private func resolve() throws -> Settings {
        try Settings.resolved(folders, judging.texts, intake.texts, review.texts)
    }

    private func watch(_ logger: Logger) async throws {
        let settings = try resolve()
        logger.record(.started, "fundusd \(softwareVersion) starts on \(settings.inbox).")
        let journal = ScreeningJournal(logger: logger)
        let session = try ScreeningSession(
            settings, patience: .watching(settlingTime: settings.settle), tell: journal.tell)
        logger.info("\(session.modelInService.id) computes in \(session.modelInService.computing).")
        // Here, and not before the first verdict, so that the start says it. A single pass that finds nothing touches nothing.
        session.pipeline.tryOutbox()
        try session.queueRecovered()
        let daemon = Daemon(session, logger: logger, journal: journal, reload: resolve)
        try await daemon.run()
        logger.record(.stopping, "fundusd has stopped: \(daemon.counters.description).")
    }
}
