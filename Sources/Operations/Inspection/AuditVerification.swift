// SPDX-License-Identifier: Apache-2.0
package import Ledger
internal import LinuxIO
internal import Screening
package import Settings
internal import Supervision
internal import SystemPackage
internal import Verdict

/// Every verdict in the outbox beside what was published.
package struct AuditVerification {
    /// One sentence each; none where all is as it was.
    package let findings: [String]
    package let chain: AuditChain

    /// - Parameters:
    ///   - head: a link noted earlier, which the chain must have still; nil for none.
    ///   - allowMissing: verdicts may have been taken out of the outbox.
    /// - Throws: a `Refusal`.
    package init(_ settings: Settings, head: String?, allowMissing: Bool) throws {
        guard let ledger = try settings.chainedLedger() else {
            throw Refusal(.noInput, "\(settings.ledgerPath): nothing was ever screened here")
        }
        let first = try Self.look(settings, ledger, head)
        var found = first.findings
        // Again where something was found: the daemon may have published in between.
        if !found.isEmpty { found = first.confirmed(by: try Self.look(settings, ledger, head)) }
        found.removeAll { allowMissing && $0.isAboutMissingFile }
        findings = found.map(\.sentence)
        chain = first.chain
    }

    private static func look(_ settings: Settings, _ ledger: LedgerReader, _ head: String?) throws -> AuditFindings {
        do {
            return try AuditFindings(ledger, Outbox(root: settings.outbox), noted: head?.lowercased())
        } catch {
            throw Refusal(.inputOutput, "the verdicts can't be compared: \(explanation(of: error))")
        }
    }
}

extension Settings {
    /// The ledger, which must have a chain; nil when nothing was ever screened here.
    package func chainedLedger() throws -> LedgerReader? {
        let ledger = try ledgerReader()
        if let ledger, try !ledger.hasAudit() {
            throw Refusal(
                .dataError,
                "\(ledgerPath) was last written by an older fundusd: start this one once, then it has a chain")
        }
        return ledger
    }
}

extension AuditFindings.Finding {
    fileprivate var isAboutMissingFile: Bool {
        if case .missing = self { true } else { false }
    }

    fileprivate var sentence: String {
        switch self {
        case .changed(let path): "changed: \(TerminalText.escaped(path.string)) is not what was published"
        case .missing(let path): "missing: \(TerminalText.escaped(path.string)) was published and is not there"
        case .added(let path): "added: \(TerminalText.escaped(path.string)) was not published by fundusd"
        case .changedRecord(let name):
            "changed: the ledger's own copy of the verdict of \(TerminalText.escaped(name.description))"
        case .changedLabel(let sha256): "changed: what a person said of the picture with SHA-256 \(sha256)"
        case .brokenChain(let sequence): "broken: the chain, from verdict \(sequence) on; the ledger was changed"
        case .unlinked(let name):
            "broken: the verdict of \(TerminalText.escaped(name.description)) is in the ledger, and not in the chain"
        case .unknownHead(let head): "broken: \(head) is no link of the chain; it was made anew, or cut off before it"
        }
    }
}
