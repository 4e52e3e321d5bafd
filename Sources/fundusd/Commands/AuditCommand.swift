// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Ledger
internal import LinuxIO
internal import Operations
internal import Settings

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
        let audit = try AuditVerification(try Settings.resolved(folders), head: head, allowMissing: allowMissing)
        for finding in audit.findings { try StandardOutput.say(finding) }
        guard audit.findings.isEmpty else {
            throw Refusal(.dataError, "\(audit.findings.count) findings in \(audit.chain.length) verdicts")
        }
        try StandardOutput.say(
            "\(audit.chain.length) verdicts are as they were published; the head is \(audit.chain.head).")
    }
}
