// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc
internal import Ledger
internal import LinuxIO
package import Review
internal import Screening
package import Settings
internal import Supervision
internal import SystemPackage
internal import Verdict

/// What a person says of a picture by command: kept with his name, and the picture goes where it belongs.
///
/// The ledger first, so that nothing is lost: whoever is killed in between leaves a label whose picture is still to be moved, and
/// the daemon's next look moves it.
package struct PersonsLabel {
    private let label: GivenLabel
    private let who: String
    private let settings: Settings
    private let ledger: LedgerReader

    /// - Parameter by: nil for the user who runs this.
    /// - Throws: a `Refusal`: 66 where nothing was ever screened.
    package init(_ label: GivenLabel, by: String?, _ settings: Settings) throws {
        guard let ledger = try settings.ledgerReader() else {
            throw Refusal(.noInput, "\(settings.ledgerPath): there is none; nothing was ever screened here")
        }
        self.label = label
        who = by ?? UserName.of(geteuid()) ?? "user \(geteuid())"
        self.settings = settings
        self.ledger = ledger
    }

    /// Gives it to pictures, by the names that they were screened under or have in the review folder.
    ///
    /// - Returns: one sentence each.
    /// - Throws: a `Refusal`; where a name is unknown, nothing is done.
    package func give(to names: [String]) throws -> [String] {
        let contents = try names.map(content)
        return try contents.map(give)
    }

    private func content(_ word: String) throws -> Ledger.Reviewed {
        var path = settings.nameBelowInbox(word)
        _ = path.removePrefix(settings.reviewFolder.lexicallyNormalized())
        do {
            if let content = try ledger.content(named: ImageName(path)) { return content }
        } catch {
            throw Refusal(.inputOutput, "\(settings.ledgerPath): the ledger can't be read: \(error)")
        }
        throw Refusal(.noInput, "\(TerminalText.escaped(word)): no picture of that name was ever screened here")
    }

    private func give(to content: Ledger.Reviewed) throws -> String {
        let (now, standing) = (Date(), try ledger.standingLabels(of: content.sha256))
        // A picture that somebody moved has no name with it: whoever speaks now is taken for him.
        let own = standing.filter { $0.label != label && ($0.by == who || $0.by == nil) }
        let others = standing.filter { former in former.label != label && !own.contains(former) }
        try writing {
            try Ledger.record(
                own.map { LabelAct(.withdrawn, $0.label, of: content.sha256, by: who, at: now, isFiled: true) }
                    + [LabelAct(.given, label, of: content.sha256, by: who, at: now, isFiled: false)],
                at: settings.ledgerPath)
        }
        let isFiled = try filed(content, besides: others.map(\.label))
        if isFiled { try writing { try Ledger.recordFiled(content.sha256, label, at: settings.ledgerPath) } }
        let beside = others.isEmpty ? "" : "; others say \(others.map(\.label.rawValue).joined(separator: ", "))"
        let lost = isFiled ? "" : "; the picture itself is not to be found, so it trains nothing"
        return TerminalText.escaped(content.name.description)
            + ": \(label.rawValue), by \(TerminalText.escaped(who))\(beside)\(lost)."
    }

    private func filed(_ content: Ledger.Reviewed, besides others: [GivenLabel]) throws -> Bool {
        let filing = LabelFiling(labelled: settings.labelled, review: settings.reviewFolder)
        func file() throws(SystemFailure) -> Bool {
            try filing.file(content, as: label, besides: others, inbox: settings.inbox)
        }
        do throws(SystemFailure) {
            do throws(SystemFailure) {
                return try file()
            } catch let error where error.isGone {
                // A running daemon was quicker: it lies where it belongs by now.
                return try file()
            }
        } catch {
            throw Refusal(
                .inputOutput,
                "\(error.description); the label is kept, and a running daemon puts the picture there later")
        }
    }

    private func writing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let fault as LedgerFault {
            throw Refusal(.configuration, "\(settings.ledgerPath): \(fault)")
        } catch {
            throw Refusal(.inputOutput, "\(settings.ledgerPath): the ledger can't be written: \(error)")
        }
    }
}
