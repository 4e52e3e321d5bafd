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
    package let wakeUp: WakeUp

    package init() throws(SystemFailure) { wakeUp = try WakeUp() }

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

    package func takePostponed() -> [(ArrivalQueue.Arrival, FileSignature)] {
        requests.withLock { requests in
            defer { requests.postponed = [] }
            return requests.postponed
        }
    }
}
