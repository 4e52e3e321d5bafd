// SPDX-License-Identifier: Apache-2.0
package import Logging

/// Looks at the board four times a period and passes a sign of life on only when work advances.
///
/// A daemon that hangs in one image gets no more signs, and the service manager kills and restarts it.
package struct WatchdogService<TimeSource: Clock>: Service where TimeSource.Duration == Duration {
    private let board: ProgressBoard
    private let notifier: Notifier
    private let logger: Logger
    private let period: Duration?
    private let clock: TimeSource

    /// - Parameter period: WATCHDOG_USEC; nil where nobody watches.
    init(board: ProgressBoard, notifier: Notifier, logger: Logger, period: Duration?, clock: TimeSource) {
        self.board = board
        self.notifier = notifier
        self.logger = logger
        self.period = period
        self.clock = clock
    }

    package func run(until stop: StopNotice) async throws {
        guard let period else {
            await stop.wait()
            return
        }
        await stop.canceling { await watch(every: period / 4) }
    }

    func watch(every interval: Duration) async {
        var previous: [ProgressEntry] = []
        repeat {
            let current = board.reading()
            look(previous: previous, current: current)
            previous = current
        } while (try? await clock.sleep(for: interval)) != nil
    }

    private func look(previous: [ProgressEntry], current: [ProgressEntry]) {
        let stalled = Watchdog.stalled(previous: previous, current: current)
        guard stalled.isEmpty else {
            logger.warning("no progress since the last look: \(stalled.joined(separator: ", "))")
            return
        }
        do {
            try notifier.notify(.watchdog)
        } catch {
            logger.warning("\(error.description)")
        }
    }
}

extension WatchdogService where TimeSource == ContinuousClock {
    /// The watchdog that this process was started with.
    package init(board: ProgressBoard, notifier: Notifier, logger: Logger) {
        let period = SystemdLibrary.watchdogPeriod()
        self.init(board: board, notifier: notifier, logger: logger, period: period, clock: ContinuousClock())
    }
}
