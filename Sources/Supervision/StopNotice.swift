// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Tells a service, once, that it is to end.
package final class StopNotice: Sendable {
    private enum State {
        case open(actions: [@Sendable () -> Void])
        case given
    }

    private let state = Mutex(State.open(actions: []))

    package init() {}

    /// Tells it; a second time is none.
    package func give() {
        let actions = state.withLock { state -> [@Sendable () -> Void] in
            guard case .open(let actions) = state else { return [] }
            state = .given
            return actions
        }
        for action in actions { action() }
    }

    /// Does something when it is told, at once where it was.
    package func whenGiven(_ action: @escaping @Sendable () -> Void) {
        let isGiven = state.withLock { state in
            guard case .open(let actions) = state else { return true }
            state = .open(actions: actions + [action])
            return false
        }
        if isGiven { action() }
    }

    /// Returns when it is told.
    package func wait() async {
        await withCheckedContinuation { continuation in whenGiven { continuation.resume() } }
    }

    /// Has a task do something; it is canceled when it is told.
    package func canceling(_ body: @escaping @Sendable () async -> Void) async {
        let task = Task { await body() }
        whenGiven { task.cancel() }
        await task.value
    }
}
