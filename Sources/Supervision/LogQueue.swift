// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO

/// Lines on their way to the log, written by a thread of their own: nobody who has something to tell waits for the log.
///
/// A stopped journald, or a pipe that nobody reads, blocks whoever writes to it. What finds no room here is dropped and
/// counted, and the count is told as soon as the log takes lines again.
package final class LogQueue: @unchecked Sendable {
    private let capacity: Int
    private let report: @Sendable (_ dropped: Int) -> Void
    // Touched only with `condition` locked.
    private let condition = Condition()
    private var waiting: [@Sendable () -> Void] = []
    private var dropped = 0
    private var isWriting = false

    /// Lines that may wait: a few megabytes.
    package static let usualCapacity = 4096

    /// - Parameter report: writes to the log how many lines were dropped; called by the queue's thread.
    package init(capacity: Int = usualCapacity, report: @escaping @Sendable (_ dropped: Int) -> Void) {
        self.capacity = capacity
        self.report = report
        OwnThread.start(named: "log") { [self] in
            while true { writeNext() }
        }
    }

    /// Has something written after all that waits, or drops it. Never waits.
    package func add(_ write: @escaping @Sendable () -> Void) {
        condition.withLock {
            if waiting.count == capacity {
                dropped += 1
            } else {
                waiting.append(write)
                condition.broadcast()
            }
        }
    }

    /// Returns once all is written, or the time is over: a process that ends leaves its last lines, and does end.
    package func drain(within seconds: Double) {
        let deadline = Condition.Deadline(in: seconds)
        condition.withLock {
            while !waiting.isEmpty || isWriting {
                if !condition.wait(until: deadline) { return }
            }
        }
    }

    private func writeNext() {
        let (batch, lost) = condition.withLock {
            while waiting.isEmpty { condition.wait() }
            defer { (waiting, dropped, isWriting) = ([], 0, true) }
            return (waiting, dropped)
        }
        for write in batch { write() }
        if lost > 0 { report(lost) }
        condition.withLock {
            isWriting = false
            condition.broadcast()
        }
    }
}
