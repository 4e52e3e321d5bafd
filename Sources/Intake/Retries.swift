// SPDX-License-Identifier: Apache-2.0
internal import Synchronization
package import Verdict

/// Files that a fault of the machine holds back, and when each is tried again.
package final class Retries: Sendable {
    private struct State {
        var attempts: [ImageName: Int] = [:]
        var held: [ImageName: (arrival: ArrivalQueue.Arrival, due: ContinuousClock.Instant)] = [:]

        var unfinished: [(arrival: ArrivalQueue.Arrival, due: ContinuousClock.Instant)] {
            held.values.filter { attempts[$0.arrival.name] == nil }
        }
    }
    private let state = Mutex(State())

    package init() {}

    /// Counts a failed attempt and says how often that was and how long to wait.
    ///
    /// - Parameter jitter: 0…1, so that many files held back by one full disk do not all come back in one moment.
    package func postpone(
        _ arrival: ArrivalQueue.Arrival, at now: ContinuousClock.Instant, jitter: Double
    ) -> (attempts: Int, delay: Duration) {
        state.withLock { state in
            let attempts = state.attempts[arrival.name, default: 0] + 1
            let delay = Self.delay(attempts: attempts, jitter: jitter)
            state.attempts[arrival.name] = attempts
            state.held[arrival.name] = (arrival, now + delay)
            return (attempts, delay)
        }
    }

    /// Holds back a file whose turn has not come, without a failed attempt.
    package func hold(_ arrival: ArrivalQueue.Arrival, until due: ContinuousClock.Instant) {
        state.withLock { $0.held[arrival.name] = (arrival, due) }
    }

    /// 1, 2, 4 … 60 seconds, lengthened by up to a half.
    package static func delay(attempts: Int, jitter: Double) -> Duration {
        let seconds = min(60, 1 << min(attempts - 1, 6))
        return .milliseconds(Int(Double(seconds) * 1000 * (1 + jitter / 2)))
    }

    /// Whether a file is held back now: a rescan must not bring it in earlier.
    package func isHeldBack(_ name: ImageName, at now: ContinuousClock.Instant) -> Bool {
        state.withLock { ($0.held[name]?.due ?? now) > now }
    }

    /// The files whose time has come; they are no longer held back, but their attempts still count.
    package func takeDue(at now: ContinuousClock.Instant) -> [ArrivalQueue.Arrival] {
        state.withLock { state in
            let due = state.held.values.filter { $0.due <= now }.map(\.arrival)
            for arrival in due { state.held[arrival.name] = nil }
            return due
        }
    }

    /// When the next file that is held back is due; nil where none is.
    package var nextDeadline: ContinuousClock.Instant? { state.withLock { $0.held.values.map(\.due).min() } }

    /// Files whose last attempt failed.
    package var count: Int { state.withLock { $0.attempts.count } }

    /// Files that are held back without a failed attempt, and when the first of them has its turn.
    package var unfinishedCount: Int { state.withLock { $0.unfinished.count } }
    package var nextDeadlineOfUnfinished: ContinuousClock.Instant? {
        state.withLock { $0.unfinished.map(\.due).min() }
    }

    /// The file was screened, or is gone.
    package func forget(_ name: ImageName) {
        state.withLock { state in
            state.attempts[name] = nil
            state.held[name] = nil
        }
    }
}
