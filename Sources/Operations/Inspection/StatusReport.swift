// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Intake
internal import Ledger
internal import LinuxIO
internal import ModelStore
internal import Retraining
package import Settings
internal import Supervision
internal import Verdict
internal import WrittenText

/// What `fundusd status` tells.
package struct StatusReport: Encodable, Equatable {
    /// The daemon's process, if one runs.
    var processID: Int32?
    var queue = 0
    /// Files whose names are skipped: unfinished downloads, hidden files.
    var skipped = 0
    var verdicts: [String: Int] = [:]
    var unpublished = 0
    var heldBack = 0
    var leftAlone = 0
    /// Images that crashed the program and are not tried again.
    var setAside = 0
    /// The model that judges: the champion, unless a running daemon is on its way to it or has refused it.
    var model: String?
    /// The champion, where another model judges.
    var waitingChampion: String?
    var lastVerdict: LastVerdict?
    var lastRetraining: LastRetraining?
    /// The last seven days; nil where nothing was ever screened.
    var drift: DriftReport?
    /// What the model that judges is worth here; nil where nobody was asked.
    var inService: PerformanceDocument.Part?
    /// Pictures that people were given and have not answered.
    var reviewWaiting: Int?
    /// Set when the inbox can't be read.
    var inboxFault: String?

    struct LastVerdict: Encodable, Equatable {
        let name: String
        let outcome: String
        let probability: Double?
        let publishedAt: String

        private enum CodingKeys: String, CodingKey {
            case name, outcome, probability
            case publishedAt = "published_at"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case queue, skipped, verdicts, unpublished, model, drift
        case processID = "process_id"
        case heldBack = "held_back"
        case leftAlone = "left_alone"
        case setAside = "set_aside"
        case waitingChampion = "waiting_champion"
        case lastVerdict = "last_verdict"
        case lastRetraining = "last_retraining"
        case inService = "in_service"
        case reviewWaiting = "review_waiting"
        case inboxFault = "inbox_fault"
    }

    /// - Throws: a `Refusal`.
    package init(_ settings: Settings) throws {
        for outcome in Verdict.Outcome.allCases { verdicts[outcome.rawValue] = 0 }
        processID = try settings.daemonProcess()
        try take(ModelStore(root: settings.state))
        lastRetraining = try LastRetraining.read(settings)
        if let model { drift = try settings.weeklyDrift(by: model, until: Date()).map(DriftReport.init) }
        var known: [ImageName: FileSignature] = [:]
        if let ledger = try settings.ledgerReader() {
            try take(ledger)
            known = try ledger.knownFiles()
            try take(ServicePerformance(ledger))
        }
        do {
            let census = try InboxCensus(root: settings.inbox, isRecursive: settings.recursive, known: known)
            queue = census.new
            skipped = census.skipped
        } catch {
            inboxFault = "\(error)"
        }
    }

    private mutating func take(_ store: ModelStore) throws {
        let champion = try store.championID
        model = processID == nil ? champion : try store.inServiceID ?? champion
        waitingChampion = champion == model ? nil : champion
    }

    private mutating func take(_ ledger: LedgerReader) throws {
        let counts = try ledger.counts()
        verdicts.merge(counts.outcomes) { $1 }
        unpublished = counts.unpublished
        heldBack = counts.waiting
        leftAlone = counts.leftAlone
        setAside = try ledger.setAside().count
        lastVerdict = try ledger.last().map {
            LastVerdict(
                name: $0.name.description, outcome: $0.outcome ?? "", probability: $0.probability,
                publishedAt: $0.publishedAt ?? "")
        }
    }

    private mutating func take(_ performance: ServicePerformance) {
        guard performance.all.pictures > 0 else { return }
        reviewWaiting = performance.waiting
        inService = model.flatMap(performance.part).map { PerformanceDocument.Part($0, forecasting: false) }
    }

    private var serviceLine: String? {
        guard let reviewWaiting else { return nil }
        let sensitivity = inService?.figures["sensitivity"].map { "sensitivity \(PerformanceText.figure($0)), " } ?? ""
        return "In service:    \(sensitivity)\(reviewWaiting) pictures wait in review/; see `fundusd performance`"
    }

    private var waiting: String {
        waitingChampion.map { "; the champion \($0) does not judge yet: it loads, or the journal says why not" } ?? ""
    }

    /// For a person.
    package var text: String {
        let total = verdicts.values.reduce(0, +)
        let parts = Verdict.Outcome.allCases.map { "\(verdicts[$0.rawValue] ?? 0) \($0.rawValue)" }
        var lines = [
            "Daemon:        \(processID.map { "runs (process \($0))" } ?? "does not run")",
            "Model:         \(model ?? "none; see `fundusd help model import`")\(waiting)",
            "Queue:         \(queue) to be screened, \(heldBack) held back by a fault, \(unpublished) to be published",
            "Verdicts:      \(total): \(parts.joined(separator: ", "))",
            "Left alone:    \(leftAlone) files that are no JPEG, \(skipped) with names that are skipped",
        ]
        if setAside > 0 {
            lines.append("Set aside:     \(setAside) that crashed the program; see `fundusd retry --list`")
        }
        if let last = lastVerdict {
            let probability = last.probability.map { " (P \($0.rounded3))" } ?? ""
            lines.append(
                "Last verdict:  \(TerminalText.escaped(last.name)): \(last.outcome)\(probability), \(last.publishedAt)")
        } else {
            lines.append("Last verdict:  none yet")
        }
        if let last = lastRetraining {
            lines.append("Retraining:    \(last.at): \(TerminalText.escaped(last.summary))")
        }
        if let drift { lines.append("This week:     \(drift.text)") }
        if let serviceLine { lines.append(serviceLine) }
        if let inboxFault { lines.append("Inbox:         \(inboxFault)") }
        return lines.joined(separator: "\n")
    }
}
