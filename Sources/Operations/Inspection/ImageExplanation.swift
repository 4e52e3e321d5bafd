// SPDX-License-Identifier: Apache-2.0
internal import Ledger
internal import LinuxIO
internal import Review
internal import Screening
package import Settings
internal import Supervision
internal import SystemPackage
internal import Verdict

/// What happened to one image: what the ledger knows of it, and what lies in the inbox.
package struct ImageExplanation {
    /// Paragraphs for a person.
    package let text: String

    /// - Parameter image: a file's name as it lies, or lay, in the inbox, or the first 8 digits of its SHA-256 or more.
    /// - Throws: a `Refusal`: 66 where nothing is known of it.
    package init(of image: String, _ settings: Settings) throws {
        let name = ImageName(settings.nameBelowInbox(image))
        let ledger = try settings.ledgerReader()
        var histories = try ledger?.histories(named: name) ?? []
        if histories.isEmpty, Self.isHash(image) { histories = try ledger?.histories(sha256: image.lowercased()) ?? [] }
        let wait = try ledger?.wait(for: name)
        let presence = try InboxPresence(name, settings)
        // What lies there is left alone: a verdict of what had its name before would be no answer.
        if presence?.isLeftAlone == true { histories = [] }
        var paragraphs = histories.map(Self.paragraph)
        if let ledger, let known = histories.first { paragraphs += try Self.review(known.sha256, ledger) }
        if let wait { paragraphs.append(Self.paragraph(wait)) }
        if let present = presence?.sentence(isKnown: !histories.isEmpty || wait != nil) { paragraphs.append(present) }
        guard !paragraphs.isEmpty else {
            throw Refusal(
                .noInput,
                "nothing is known of \(TerminalText.escaped(image)): it is not in the ledger, and no such file is in the inbox"
            )
        }
        text = paragraphs.joined(separator: "\n\n")
    }

    /// Whether people were asked about a content, and what they said; one paragraph or none.
    private static func review(_ sha256: String, _ ledger: LedgerReader) throws -> [String] {
        var lines: [String] = []
        if let drawing = try ledger.drawing(of: sha256) {
            lines.append("  in review/   \(drawing.at): \(drawing.reason.rawValue), probability \(drawing.probability)")
        }
        lines += try ledger.standingLabels(of: sha256).map { label in
            let who = label.by.map { ", by \(TerminalText.escaped($0))" } ?? ""
            return "  labelled     \(label.at): \(label.label.rawValue)\(who)"
        }
        return lines.isEmpty ? [] : [(["People:"] + lines).joined(separator: "\n")]
    }

    private static func isHash(_ text: String) -> Bool { 8...64 ~= text.count && text.allSatisfy(\.isHexDigit) }

    private static func paragraph(_ history: LedgerReader.History) -> String {
        var lines = [
            TerminalText.escaped(history.name.description),
            "  content      \(history.sha256), \(history.bytes) bytes",
            "  received     \(history.seenAt)",
            "  claimed      \(history.claimedAt)",
        ]
        if let judgedAt = history.judgedAt {
            let probability = history.probability.map { ", P(disease) \($0)" } ?? ""
            lines.append(
                "  judged       \(judgedAt): \(history.outcome ?? "")\(probability), by model \(history.model ?? "")")
        } else if let setAsideAt = history.setAsideAt {
            lines.append("  set aside    \(setAsideAt): it crashed the program; `fundusd retry` tries it again")
        } else {
            lines.append(
                "  judged       not yet\(history.crashes > 0 ? "; it was in hand when the program crashed" : "")")
        }
        lines += because(history)
        lines.append("  published    \(publication(history))")
        return lines.joined(separator: "\n")
    }

    private static func because(_ history: LedgerReader.History) -> [String] {
        if history.document.isEmpty { return [] }
        do {
            return try Verdict(document: history.document).reasons.map {
                "  because      \($0.code): \($0.message)"
            }
        } catch {
            return [
                "  because      the verdict in the ledger can't be read; `fundusd audit verify` looks at all of them"
            ]
        }
    }

    private static func publication(_ history: LedgerReader.History) -> String {
        guard let publishedAt = history.publishedAt else { return "not yet" }
        let path =
            history.isNewest
            ? Outbox.verdictPath(for: history.name, spelled: history.spelling)
            : Outbox.supersededPath(for: history.name, sha256: history.sha256, spelled: history.spelling)
        return "\(publishedAt), as \(TerminalText.escaped(path.string))"
    }

    private static func paragraph(_ wait: LedgerReader.Wait) -> String {
        """
        \(TerminalText.escaped(wait.name.description)) waits since \(wait.since): \(wait.fault)
          \(wait.attempts) attempts; the next at \(wait.nextAttemptAt)
        """
    }
}
