// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Ends a thread that sleeps.
package final class StopRequest: Sendable {
    package let wakeUp: WakeUp
    private let made = Mutex(false)

    /// - Parameter wakeUp: what the thread sleeps on.
    package init(waking wakeUp: WakeUp) { self.wakeUp = wakeUp }

    package var isMade: Bool { made.withLock { $0 } }

    /// Asks for it.
    package func make() {
        made.withLock { $0 = true }
        wakeUp.signal()
    }
}
