// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import Synchronization

/// Ends a thread that sleeps.
final class StopRequest: Sendable {
    let wakeUp: WakeUp
    private let made = Mutex(false)

    /// - Parameter wakeUp: what the thread sleeps on.
    init(waking wakeUp: WakeUp) { self.wakeUp = wakeUp }

    var isMade: Bool { made.withLock { $0 } }

    func make() {
        made.withLock { $0 = true }
        wakeUp.signal()
    }
}
