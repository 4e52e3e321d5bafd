internal import Screening
internal import Synchronization

/// Counts what the line does, for the status line and `fundusd status`.
final class Tally: Sendable {
    private let outcomes: Mutex<[Verdict.Outcome: Int]>

    init(_ outcomes: [Verdict.Outcome: Int] = [:]) { self.outcomes = Mutex(outcomes) }

    func count(_ event: ScreeningEvent) {
        if case .verdict(_, let verdict) = event { outcomes.withLock { $0[verdict.outcome, default: 0] += 1 } }
    }

    var total: Int { outcomes.withLock { $0.values.reduce(0, +) } }

    subscript(outcome: Verdict.Outcome) -> Int { outcomes.withLock { $0[outcome, default: 0] } }

    /// "12 verdicts: 3 disease, 8 normal, 1 ungradable, 0 rejected"
    var description: String {
        let parts = Verdict.Outcome.allCases.map { "\(self[$0]) \($0.rawValue)" }
        return "\(total) verdicts: \(parts.joined(separator: ", "))"
    }
}
