// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Intake
internal import LinuxIO
internal import Logging
internal import Screening
internal import Settings
internal import Supervision

/// The workers, each on its own thread. One service for all: they end together when the queue is closed.
struct WorkersService: Service {
    let workers: [ScreeningWorker]
    let queue: ArrivalQueue

    func run(until stop: StopNotice) async throws {
        stop.whenGiven { queue.close() }
        await withDiscardingTaskGroup { group in
            for (number, worker) in workers.enumerated() {
                group.addTask { await onOwnThread(named: "worker \(number + 1)", worker.run) }
            }
        }
    }
}

/// The inbox's loop on its own thread.
struct InboxService: Service {
    let makeLoop: @Sendable () -> InboxLoop
    let control: InboxControl
    let announceReady: @Sendable () -> Void

    func run(until stop: StopNotice) async throws {
        stop.whenGiven { control.stop() }
        await onOwnThread(named: "inbox") {
            var loop = makeLoop()
            loop.run(afterFirstScan: announceReady)
        }
    }
}

/// Tells the service manager, first of all, that the stop has begun. Services stop in reverse order: it comes last.
struct StoppingService: Service {
    let notifier: Notifier
    let logger: Logger

    func run(until stop: StopNotice) async throws {
        await stop.wait()
        do {
            try notifier.notify(.stopping)
        } catch {
            logger.warning("\(error)")
        }
    }
}

/// Reads the configuration again at SIGHUP.
struct ReloadService: Service {
    let modelInService: ModelInService
    let shadow: ShadowPictures
    let settings: Settings
    let notifier: Notifier
    let logger: Logger
    let reload: @Sendable () throws -> Settings
    /// Heard from before the daemon is ready: the service manager may send one at once.
    let signals = ProcessSignals.stream(of: [SIGHUP])

    func run(until stop: StopNotice) async throws {
        await stop.canceling { for await _ in signals { readAgain() } }
    }

    private func readAgain() {
        do {
            try notifier.notify(.reloadingNow)
            try adopt(try reload())
        } catch {
            let message = explanation(of: error)
            logger.record(.fault, "The old configuration stays in force: \(message)", [.reason: .string(message)])
        }
        do {
            try notifier.notify(.ready)
        } catch {
            logger.warning("\(error)")
        }
    }

    private func adopt(_ new: Settings) throws {
        try modelInService.adopt(new)
        shadow.setOpen(new.shadow)
        let later = Settings.fixedAtStart.filter { new.provenance[$0]?.text != settings.provenance[$0]?.text }
        let rest =
            later.isEmpty ? "" : " These changes wait for a restart: \(later.map(\.name).joined(separator: ", "))."
        logger.record(.configurationReloaded, "The configuration was read again.\(rest)")
    }
}

extension Settings {
    /// What a running daemon can't change: its folders, its threads, and how it looks at the inbox.
    fileprivate static let fixedAtStart: [SettingKey] = [
        .inbox, .outbox, .state, .recursive, .rescanSeconds, .settleSeconds, .workers, .threads, .precision,
        .metricsFile,
    ]
}
