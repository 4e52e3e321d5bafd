// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import Screening
internal import Settings
internal import Supervision
internal import SystemPackage

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Shows whether verdicts were changed, removed or added since they were published.",
        discussion: """
            The ledger keeps a hash of each published verdict, chained with those before it. Who can write to the state \
            folder could make a whole new chain: note the head now and then in a place of its own.
            """,
        subcommands: [VerifyAudit.self, ShowAuditHead.self])
}

struct ShowAuditHead: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "head", abstract: "Prints how many verdicts the chain has, and its last link.")
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        let chain = try Settings.resolved(folders).chainedLedger()?.auditHead() ?? AuditChain()
        try StandardOutput.say("\(chain.length) \(chain.head)")
    }
}

struct VerifyAudit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compares every verdict in the outbox with what was published.",
        discussion: """
            Names each file that was changed, is missing, or was put there by somebody else. Exits 0 where there is none, \
            65 where there is one. May run while the daemon does.

                fundusd audit verify --head "$(cut -d ' ' -f 2 head-of-last-week)"
            """)
    @Option(help: ArgumentHelp("A head noted earlier: it must be a link of the chain still.", valueName: "hash"))
    var head: String?
    @Flag(help: "Verdicts may have been taken out of the outbox.") var allowMissing = false
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func validate() throws {
        if let head, head.count != 64 || !head.allSatisfy(\.isHexDigit) {
            throw ValidationError("--head takes 64 hexadecimal digits, as `fundusd audit head` prints them.")
        }
    }

    func run() throws {
        let settings = try Settings.resolved(folders)
        guard let ledger = try settings.chainedLedger() else {
            throw Refusal(.noInput, "\(settings.ledgerPath): nothing was ever screened here")
        }
        let first = try look(settings, ledger)
        var found = first.findings
        // Again where something was found: the daemon may have published in between.
        if !found.isEmpty { found = first.confirmed(by: try look(settings, ledger)) }
        found.removeAll { allowMissing && $0.isAboutMissingFile }
        for finding in found { try StandardOutput.say(finding.sentence) }
        guard found.isEmpty else {
            throw Refusal(.dataError, "\(found.count) findings in \(first.chain.length) verdicts")
        }
        try StandardOutput.say(
            "\(first.chain.length) verdicts are as they were published; the head is \(first.chain.head).")
    }

    private func look(_ settings: Settings, _ ledger: LedgerReader) throws -> AuditFindings {
        do {
            return try AuditFindings(ledger, Outbox(root: settings.outbox), noted: head?.lowercased())
        } catch {
            throw Refusal(.inputOutput, "the verdicts can't be compared: \(told(error))")
        }
    }
}

extension Settings {
    /// The ledger, which must have a chain; nil when nothing was ever screened here.
    fileprivate func chainedLedger() throws -> LedgerReader? {
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
