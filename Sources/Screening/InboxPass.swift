// SPDX-License-Identifier: Apache-2.0
package import Intake
internal import LinuxIO

/// Screens what lies in the inbox now, once: `fundusd screen --once`.
package struct InboxPass {
    private var scanner: InboxScanner
    private let worker: ScreeningWorker
    private let workerCount: Int
    private let control: InboxControl
    private let retries: Retries

    /// What was left for another time.
    package struct Remainder: Equatable, Sendable {
        /// Files that somebody was still writing.
        package let incomplete: Int
        /// Files that a fault of the machine held back.
        package let heldBack: Int

        package init(incomplete: Int = 0, heldBack: Int = 0) {
            self.incomplete = incomplete
            self.heldBack = heldBack
        }
    }

    /// How often a file that keeps changing is looked at again before it is left for the next time.
    private static let patience = 5

    /// - Parameter workerCount: Threads on which the worker runs at the same time.
    package init(
        scanner: InboxScanner, worker: ScreeningWorker, workerCount: Int = 1, control: InboxControl, retries: Retries
    ) {
        precondition(workerCount >= 1, "somebody works")
        self.scanner = scanner
        self.worker = worker
        self.workerCount = workerCount
        self.control = control
        self.retries = retries
    }

    /// Screens until nothing is left that can be done now.
    ///
    /// - Throws: where the inbox can't be read.
    package mutating func run() async throws -> Remainder {
        scanner.arrivals.patienceWithUnsteady = scanner.settlingTime * 2
        scanner.trustsFileTimes = try FileSystemKind.of(Folder(scanner.root)) == .local
        try await look { (scanner) throws in try scanner.scan(watchedBy: nil) }
        await drain()
        for _ in 0..<Self.patience {
            takePostponed()
            guard let deadline = nextDeadline, !control.shouldStop else { break }
            try await look { [control] scanner in
                control.wakeUp.sleep(orUntilReadable: nil, atMost: deadline - .now)
                scanner.inspectDue()
                scanner.requeueDue()
            }
            await drain()
        }
        takePostponed()
        return Remainder(
            incomplete: scanner.arrivals.pendingCount + retries.unfinishedCount, heldBack: retries.count)
    }

    /// What a fault of the machine holds back is for the next pass.
    private var nextDeadline: ContinuousClock.Instant? {
        [scanner.arrivals.nextDeadline, retries.nextDeadlineOfUnfinished].compactMap(\.self).min()
    }

    /// Reads the inbox, or waits for it, on a thread of its own.
    private mutating func look(_ body: @escaping @Sendable (inout InboxScanner) throws -> Void) async throws {
        let before = scanner
        let after = await onOwnThread(named: "inbox") {
            Result {
                var scanner = before
                try body(&scanner)
                return scanner
            }
        }
        scanner = try after.get()
    }

    private func drain() async {
        await withDiscardingTaskGroup { [worker, workerCount] group in
            for number in 1...workerCount {
                group.addTask { await onOwnThread(named: "worker \(number)", worker.drain) }
            }
        }
    }

    private mutating func takePostponed() {
        for (arrival, signature) in control.takePostponed() {
            scanner.arrivals.postpone(arrival.name, signature, arrival.evidence, at: .now)
        }
    }
}
