// SPDX-License-Identifier: Apache-2.0
import Logging
import Synchronization

@testable import Supervision

/// A clock on which each sleep runs the next step of a script and ends at once; after the last, sleeping fails.
final class ScriptedClock: Clock, Sendable {
    typealias Instant = ContinuousClock.Instant

    struct ScriptEnded: Error {}

    private struct State {
        var steps: [@Sendable () -> Void]
        var slept: [Duration] = []
        var now = ContinuousClock.now
    }

    private let state: Mutex<State>

    init(steps: [@Sendable () -> Void]) {
        state = Mutex(State(steps: steps))
    }

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    /// How long each sleep was asked to be.
    var slept: [Duration] { state.withLock { $0.slept } }

    func sleep(until deadline: Instant, tolerance _: Duration?) async throws {
        let step = state.withLock { state in
            state.slept.append(state.now.duration(to: deadline))
            state.now = deadline
            return state.steps.isEmpty ? nil : state.steps.removeFirst()
        }
        guard let step else { throw ScriptEnded() }
        step()
    }
}

/// Collects what would have gone to the service manager.
final class SentMessages: Sendable {
    private let messages = Mutex<[String]>([])

    var texts: [String] { messages.withLock { $0 } }

    var notifier: Notifier { answering(1) }

    /// A notifier whose sending gives the result that sd_notify would.
    func answering(_ result: Int32) -> Notifier {
        Notifier { text in
            self.messages.withLock { $0.append(text) }
            return result
        }
    }
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
