// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Logging
internal import ModelStore
internal import Screening
internal import ServiceLifecycle
internal import Settings
internal import Supervision
internal import UnixSignals

/// The services of `fundusd watch`: workers, the inbox, the watchdog, the status line, the champion, and reloading.
struct Daemon {
    let tally: Tally
    private let logger: Logger
    private let services: [any Service]

    init(
        _ station: Station, logger: Logger, voice: JournalVoice, reload: @escaping @Sendable () throws -> Settings
    ) {
        tally = station.tally
        self.logger = logger
        let notifier = Notifier()
        let board = ProgressBoard()
        let status = StatusService(notifier: notifier, logger: logger)
        let line = StatusLine(
            tally: station.tally, queue: station.queue, retries: station.retries, seat: station.seat,
            report: status.report)
        let workers = (1...station.settings.workerCount).map { number in
            station.worker(SignsOfLife(of: board.register("worker \(number)"), refreshing: line))
        }
        let signs = SignsOfLife(of: board.register("inbox"), refreshing: line)
        let (scanner, control, interval) = (station.scanner(signs), station.control, station.settings.rescan)
        let inbox = InboxService(
            makeLoop: {
                InboxLoop(
                    scanner: scanner, control: control, rescanInterval: interval, tell: voice.tell, signs: signs)
            },
            control: control,
            announceReady: { Self.announceReady(notifier, logger, line) })
        services =
            Self.figures(station, logger) + [
                status, WatchdogService(board: board, notifier: notifier, logger: logger),
                WorkersService(workers: workers, queue: station.queue), inbox,
                ChampionWatch(
                    seat: station.seat, store: ModelStore(root: station.settings.state), interval: interval,
                    voice: voice),
                ShadowService(station: station, voice: voice), ReviewService(station: station, logger: logger),
                ReloadService(
                    seat: station.seat, shadow: station.shadow, settings: station.settings, notifier: notifier,
                    logger: logger, reload: reload),
                StoppingService(notifier: notifier, logger: logger),
            ]
    }

    /// What looks back on what was done.
    private static func figures(_ station: Station, _ logger: Logger) -> [any Service] {
        let drift = DriftService(seat: station.seat, settings: station.settings, logger: logger)
        guard let path = station.settings.metricsFile else { return [drift] }
        return [drift, MetricsService(path: path, station: station, logger: logger)]
    }

    /// Runs until SIGTERM or SIGINT; images in hand are finished.
    func run() async throws {
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet(logger))
        configuration.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Readiness is told by the one who is ready: the inbox is watched and what was there is queued.
    private static func announceReady(_ notifier: Notifier, _ logger: Logger, _ line: StatusLine) {
        do {
            try notifier.notify(.ready)
            logger.record(
                .ready, "fundusd is ready: the inbox is watched, \(line.queue.count) images wait.",
                [.model: .string(line.seat.id)])
        } catch {
            logger.record(.fault, "The service manager can't be told that fundusd is ready: \(error)")
        }
        line.refresh()
    }

    /// The lifecycle library's own debug and info lines are not for administrators.
    private static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = .warning
        return quiet
    }
}

extension SignsOfLife {
    /// A thread's signs as the watchdog's board takes them; the status line is drawn anew when the thread rests.
    fileprivate init(of party: ProgressParty, refreshing line: StatusLine) {
        self.init(
            working: party.working, advance: party.advance,
            idle: {
                party.idle()
                line.refresh()
            })
    }
}
