// SPDX-License-Identifier: Apache-2.0
package import Logging

/// Passes the newest status line on to the service manager, at most once a second.
///
/// Between two lines it sleeps; with nothing reported it never wakes.
package struct StatusService<TimeSource: Clock>: Service where TimeSource.Duration == Duration {
    private let notifier: Notifier
    private let logger: Logger
    private let clock: TimeSource
    private let lines: AsyncStream<String>
    private let newest: AsyncStream<String>.Continuation

    init(notifier: Notifier, logger: Logger, clock: TimeSource) {
        self.notifier = notifier
        self.logger = logger
        self.clock = clock
        (lines, newest) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a line to show; one that is not yet sent is replaced.
    package func report(_ line: String) {
        newest.yield(line)
    }

    /// No more lines: `run` returns after the last.
    package func finish() {
        newest.finish()
    }

    package func run(until stop: StopNotice) async throws {
        await stop.canceling { await passOn() }
    }

    func passOn() async {
        var shown: String?
        for await line in lines where line != shown {
            shown = line
            do {
                try notifier.notify(.status(line))
            } catch {
                logger.warning("\(error.description)")
            }
            try? await clock.sleep(for: .seconds(1))
        }
    }
}

extension StatusService where TimeSource == ContinuousClock {
    package init(notifier: Notifier, logger: Logger) {
        self.init(notifier: notifier, logger: logger, clock: ContinuousClock())
    }
}
