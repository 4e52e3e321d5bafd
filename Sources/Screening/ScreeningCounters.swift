// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import Intake
package import Supervision
internal import Synchronization
package import Verdict

/// Counts what the line does, for the status line, `fundusd status` and the metrics.
package final class ScreeningCounters: Sendable {
    /// How long images took since the start.
    package struct Times: Sendable {
        package var total = DurationHistogram()
        package var decode = DurationHistogram()
        package var network = DurationHistogram()
        /// When the last verdict came.
        package var last: Date?
    }

    private struct State {
        var outcomes: [Verdict.Outcome: Int]
        var times = Times()
    }

    private let state: Mutex<State>

    init(_ outcomes: [Verdict.Outcome: Int] = [:]) { state = Mutex(State(outcomes: outcomes)) }

    func count(_ event: ScreeningEvent) {
        guard case .verdict(_, let verdict) = event else { return }
        state.withLock { state in
            state.outcomes[verdict.outcome, default: 0] += 1
            state.times.add(verdict.timing)
            state.times.last = Date()
        }
    }

    package var total: Int { state.withLock { $0.outcomes.values.reduce(0, +) } }

    package var times: Times { state.withLock { $0.times } }

    /// Verdicts of this outcome, since the ledger began.
    package subscript(outcome: Verdict.Outcome) -> Int { state.withLock { $0.outcomes[outcome, default: 0] } }

    /// "12 verdicts: 3 disease, 8 normal, 1 ungradable, 0 rejected"
    package var description: String {
        let parts = Verdict.Outcome.allCases.map { "\(self[$0]) \($0.rawValue)" }
        return "\(total) verdicts: \(parts.joined(separator: ", "))"
    }
}

extension ScreeningCounters.Times {
    fileprivate mutating func add(_ timing: Verdict.Timing) {
        total.add(seconds: timing.total / 1000)
        if let decode = timing.decode.value { self.decode.add(seconds: decode / 1000) }
        if let network = timing.network.value { self.network.add(seconds: network / 1000) }
    }
}
