// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
internal import Synchronization

/// How workers and signals reach the thread that owns the inbox.
package final class InboxControl: Sendable {
    private struct Requests {
        var shouldStop = false
        var postponed: [(ArrivalQueue.Arrival, FileSignature)] = []
    }
    private let requests = Mutex(Requests())
    /// What the inbox's thread sleeps on.
    package let wakeUp: WakeUp

    /// - Throws: where no event descriptor is to be had (`man 2 eventfd`).
    package init() throws(SystemFailure) { wakeUp = try WakeUp() }

    /// Has the inbox's thread end after what it is at.
    package func stop() {
        requests.withLock { $0.shouldStop = true }
        wakeUp.signal()
    }

    /// A worker found a file still open for writing.
    package func postpone(_ arrival: ArrivalQueue.Arrival, _ signature: FileSignature) {
        requests.withLock { $0.postponed.append((arrival, signature)) }
        wakeUp.signal()
    }

    /// There is news for the inbox's thread, such as a retry to be timed.
    package func wake() { wakeUp.signal() }

    package var shouldStop: Bool { requests.withLock { $0.shouldStop } }

    /// Takes what workers have postponed since the last call.
    package func takePostponed() -> [(ArrivalQueue.Arrival, FileSignature)] {
        requests.withLock { requests in
            defer { requests.postponed = [] }
            return requests.postponed
        }
    }
}
