// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
internal import Synchronization
package import Verdict

/// Pictures that wait for a challenger to look at them, the newest few; offering one never waits.
///
/// What is not looked at in time is left out: the challenger sees a sample of the inbox, and no verdict comes later for it.
package final class ShadowPictures: Sendable {
    private struct State {
        var isOpen = false
        var pictures: [JudgedPicture] = []
    }

    private let state = Mutex(State())
    /// Wakes the one who takes them.
    package let wakeUp: WakeUp

    /// 150 kB each at 224×224: 10 MB.
    package static let capacity = 64

    /// - Throws: where no event descriptor is to be had (`man 2 eventfd`).
    package init() throws(SystemFailure) { wakeUp = try WakeUp() }

    /// Whether pictures are taken at all; closing drops those that wait.
    package func setOpen(_ isOpen: Bool) {
        state.withLock { state in
            state.isOpen = isOpen
            if !isOpen { state.pictures = [] }
        }
        wakeUp.signal()
    }

    /// Leaves a picture here, unless nobody looks, or it would have to wait.
    package func offer(_ picture: JudgedPicture) {
        let taken = state.withLockIfAvailable { state in
            guard state.isOpen else { return false }
            if state.pictures.count == Self.capacity { state.pictures.removeFirst() }
            state.pictures.append(picture)
            return true
        }
        if taken == true { wakeUp.signal() }
    }

    package var isOpen: Bool { state.withLock { $0.isOpen } }

    package var isEmpty: Bool { state.withLock { $0.pictures.isEmpty } }

    /// The oldest that waits.
    package func take() -> JudgedPicture? {
        state.withLock { $0.pictures.isEmpty ? nil : $0.pictures.removeFirst() }
    }
}
