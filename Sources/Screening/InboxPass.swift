internal import LinuxIO

/// Screens what lies in the inbox now, once, on the calling thread: `fundusd screen --once`.
package struct InboxPass {
    private var scanner: InboxScanner
    private let worker: ScreeningWorker
    private let control: InboxControl
    private let retries: Retries

    /// What was left for another time.
    package struct Remainder: Equatable, Sendable {
        /// Files that somebody was still writing.
        package let incomplete: Int
        /// Files that a fault of the machine held back.
        package let heldBack: Int
    }

    /// How often a file that keeps changing is looked at again before it is left for the next time.
    private static let patience = 5

    package init(scanner: InboxScanner, worker: ScreeningWorker, control: InboxControl, retries: Retries) {
        self.scanner = scanner
        self.worker = worker
        self.control = control
        self.retries = retries
    }

    package mutating func run() throws -> Remainder {
        scanner.trustsFileTimes = try FileSystemKind.of(Folder(scanner.root)) == .local
        try scanner.scan(watchedBy: nil)
        worker.drain()
        for _ in 0..<Self.patience {
            takePostponed()
            guard let deadline = scanner.arrivals.nextDeadline, !control.shouldStop else { break }
            control.wakeUp.sleep(orUntilReadable: nil, atMost: deadline - .now)
            scanner.inspectDue()
            worker.drain()
        }
        takePostponed()
        return Remainder(incomplete: scanner.arrivals.pendingCount, heldBack: retries.count)
    }

    private mutating func takePostponed() {
        for (name, signature) in control.takePostponed() {
            scanner.arrivals.postpone(name, signature, at: .now)
        }
    }
}
