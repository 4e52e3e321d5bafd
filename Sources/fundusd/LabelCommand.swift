// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import LinuxIO
internal import Review
internal import Screening
internal import Settings
internal import Supervision
internal import SystemPackage

struct LabelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "label",
        abstract: "Keeps what a person says of pictures: disease, normal or ungradable.",
        discussion: """
            Does what moving the picture from review/ into the labelled folder does, and keeps by whom: in the ledger and \
            in the audit chain. Who says another class later has changed his mind; what somebody else says stands beside it, \
            and then the picture trains nothing and counts in no figure.

                fundusd label a.jpg b.jpg disease --by "Dr. Muster"
            """)

    @Argument(
        help: ArgumentHelp(
            "Pictures, by the names that they were screened under, and what they show.", valueName: "file… label"))
    var words: [String]
    @Option(help: ArgumentHelp("Who says so (default: the user who runs this).", valueName: "who"))
    var by: String?
    @OptionGroup(title: "Folders") var folders: FolderOptions

    private static let longestWho = 200

    func validate() throws {
        let known = GivenLabel.allCases.map(\.rawValue).joined(separator: ", ")
        guard words.count >= 2, let last = words.last, GivenLabel(rawValue: last) != nil else {
            throw ValidationError("Name pictures, and then what they show: \(known).")
        }
        if let by, by.isEmpty || by.utf8.count > Self.longestWho || by.unicodeScalars.contains(where: \.isControl) {
            throw ValidationError("--by takes a name of 1 to \(Self.longestWho) bytes, without control characters.")
        }
    }

    func run() throws {
        let settings = try Settings.resolved(folders)
        guard let label = words.last.flatMap(GivenLabel.init(rawValue:)), let ledger = try settings.ledgerReader() else {
            throw Refusal(.noInput, "\(settings.ledgerPath): there is none; nothing was ever screened here")
        }
        let contents = try words.dropLast().map { try content($0, ledger, settings) }
        for content in contents { try give(label, to: content, ledger, settings) }
    }

    private func content(_ word: String, _ ledger: LedgerReader, _ settings: Settings) throws -> Ledger.Reviewed {
        var path = settings.nameBelowInbox(word)
        // As it lies in the review folder, its name there will do too.
        _ = path.removePrefix(settings.reviewFolder.lexicallyNormalized())
        guard let content = try ledger.content(named: ImageName(path)) else {
            throw Refusal(
                .noInput, "\(TerminalText.escaped(word)): no picture of that name was ever screened here")
        }
        return content
    }

    private func give(
        _ label: GivenLabel, to content: Ledger.Reviewed, _ ledger: LedgerReader, _ settings: Settings
    ) throws {
        let who = by ?? UserName.of(geteuid()) ?? "user \(geteuid())"
        let (now, standing) = (Date(), try ledger.standingLabels(of: content.sha256))
        // A picture that somebody moved has no name with it: whoever speaks now is taken for him.
        let own = standing.filter { $0.label != label && ($0.by == who || $0.by == nil) }
        let others = standing.filter { former in former.label != label && !own.contains(former) }
        try recorded(
            own.map { LabelAct(.withdrawn, $0.label, of: content.sha256, by: who, at: now, isFiled: true) }
                + [LabelAct(.given, label, of: content.sha256, by: who, at: now, isFiled: false)], settings)
        let shown = TerminalText.escaped(content.name.description)
        let isFiled: Bool
        do throws(SystemFailure) {
            let filing = LabelFiling(labelled: settings.labelled, review: settings.reviewFolder)
            isFiled = try filing.file(content, as: label, besides: others.map(\.label), inbox: settings.inbox)
        } catch {
            throw Refusal(
                .inputOutput, "\(error.description); the label is kept, and a running daemon puts the picture there later")
        }
        if isFiled { try filed(content.sha256, label, settings) }
        let beside = others.isEmpty ? "" : "; others say \(others.map(\.label.rawValue).joined(separator: ", "))"
        let lost = isFiled ? "" : "; the picture itself is not to be found, so it trains nothing"
        try StandardOutput.say("\(shown): \(label.rawValue), by \(TerminalText.escaped(who))\(beside)\(lost).")
    }

    private func recorded(_ acts: [LabelAct], _ settings: Settings) throws {
        try writing(settings) { try Ledger.record(acts, at: settings.ledgerPath) }
    }

    private func filed(_ sha256: String, _ label: GivenLabel, _ settings: Settings) throws {
        try writing(settings) { try Ledger.recordFiled(sha256, label, at: settings.ledgerPath) }
    }

    private func writing(_ settings: Settings, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let fault as LedgerFault {
            throw Refusal(.configuration, "\(settings.ledgerPath): \(fault)")
        } catch {
            throw Refusal(.inputOutput, "\(settings.ledgerPath): the ledger can't be written: \(error)")
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
