// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc
internal import Intake
package import Logging
internal import ModelStore
package import Screening
package import Settings
internal import Supervision
internal import Verdict

/// The services of `fundusd watch`: workers, the inbox, the watchdog, the status line, the champion, and reloading.
package struct Daemon {
    package let counters: ScreeningCounters
    private let logger: Logger
    private let services: [any Service]

    /// - Parameter reload: reads the configuration again, on SIGHUP.
    package init(
        _ session: ScreeningSession, logger: Logger, journal: ScreeningJournal,
        reload: @escaping @Sendable () throws -> Settings
    ) {
        counters = session.counters
        self.logger = logger
        let notifier = Notifier()
        let board = ProgressBoard()
        let status = StatusService(notifier: notifier, logger: logger)
        let line = StatusLine(
            counters: session.counters, queue: session.queue, retries: session.retries,
            modelInService: session.modelInService, report: status.report)
        let workers = (1...session.settings.workerCount).map { number in
            session.worker(Heartbeat(of: board.register("worker \(number)"), refreshing: line))
        }
        let inbox = Self.inbox(
            session, journal, Heartbeat(of: board.register("inbox"), refreshing: line),
            announceReady: { Self.announceReady(notifier, logger, line) })
        services =
            Self.figures(session, logger) + [
                status, WatchdogService(board: board, notifier: notifier, logger: logger),
                WorkersService(workers: workers, queue: session.queue), inbox,
                ChampionWatch(
                    modelInService: session.modelInService, store: ModelStore(root: session.settings.state),
                    interval: session.settings.rescan, journal: journal),
                ShadowService(session: session, journal: journal),
                ReviewService(session: session, logger: logger),
                ReloadService(
                    modelInService: session.modelInService, shadow: session.shadow, settings: session.settings,
                    notifier: notifier, logger: logger, reload: reload),
                StoppingService(notifier: notifier, logger: logger),
            ]
    }

    private static func inbox(
        _ session: ScreeningSession, _ journal: ScreeningJournal, _ heartbeat: Heartbeat,
        announceReady: @escaping @Sendable () -> Void
    ) -> InboxService {
        let (scanner, control, interval) = (session.scanner(heartbeat), session.control, session.settings.rescan)
        return InboxService(
            makeLoop: {
                InboxLoop(
                    scanner: scanner, control: control, rescanInterval: interval, tell: journal.tell,
                    heartbeat: heartbeat)
            },
            control: control, announceReady: announceReady)
    }

    /// What looks back on what was done.
    private static func figures(_ session: ScreeningSession, _ logger: Logger) -> [any Service] {
        let drift = DriftService(modelInService: session.modelInService, settings: session.settings, logger: logger)
        guard let path = session.settings.metricsFile else { return [drift] }
        return [drift, MetricsService(path: path, session: session, logger: logger)]
    }

    /// Runs until SIGTERM or SIGINT; images in hand are finished.
    package func run() async throws {
        try await ServiceGroup(services, logger: logger).run(until: ProcessSignals.stream(of: [SIGTERM, SIGINT]))
    }

    /// Readiness is told by the one who is ready: the inbox is watched and what was there is queued.
    private static func announceReady(_ notifier: Notifier, _ logger: Logger, _ line: StatusLine) {
        do {
            try notifier.notify(.ready)
            logger.record(
                .ready, "fundusd is ready: the inbox is watched, \(line.queue.count) images wait.",
                [.model: .string(line.modelInService.id)])
        } catch {
            logger.record(.fault, "The service manager can't be told that fundusd is ready: \(error)")
        }
        line.refresh()
    }

}

extension Heartbeat {
    /// A thread's signs of life as the watchdog's board takes them; the status line is drawn anew when the thread rests.
    fileprivate init(of party: ProgressParty, refreshing line: StatusLine) {
        self.init(
            working: party.working, advance: party.advance,
            idle: {
                party.idle()
                line.refresh()
            })
    }
}
