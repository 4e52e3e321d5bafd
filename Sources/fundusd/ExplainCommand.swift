// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import FundusImage
internal import LinuxIO
internal import Screening
internal import Settings
internal import Supervision
internal import SystemPackage

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tells what happened to one image.",
        discussion: """
            Names an image as it lies, or lay, in the inbox (with or without the inbox's own path), or by the SHA-256 of \
            its content (the first 8 digits are enough). Exits 66 when nothing is known of it.
            """)

    @Argument(help: ArgumentHelp("A file's name, or a SHA-256.", valueName: "file|sha256"))
    var image: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        let settings = try Settings.resolved(folders)
        let name = ImageName(settings.nameBelowInbox(image))
        let ledger = try settings.ledgerReader()
        var histories = try ledger?.histories(named: name) ?? []
        if histories.isEmpty, isHash { histories = try ledger?.histories(sha256: image.lowercased()) ?? [] }
        let wait = try ledger?.wait(for: name)
        let presence = try Presence(name, settings)
        // What lies there is left alone: a verdict of what had its name before would be no answer.
        if presence?.isLeftAlone == true { histories = [] }
        var paragraphs = histories.map(Self.paragraph)
        if let wait { paragraphs.append(Self.paragraph(wait)) }
        if let present = presence?.sentence(isKnown: !histories.isEmpty || wait != nil) { paragraphs.append(present) }
        guard !paragraphs.isEmpty else {
            throw Refusal(
                .noInput,
                "nothing is known of \(TerminalText.escaped(image)): it is not in the ledger, and no such file is in the inbox"
            )
        }
        try StandardOutput.say(paragraphs.joined(separator: "\n\n"))
    }

    private var isHash: Bool { image.count >= 8 && image.count <= 64 && image.allSatisfy(\.isHexDigit) }

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

extension Settings {
    /// What lies in the inbox under a name now; nil where nothing does.
    func presence(of name: ImageName) throws -> FileStatus? {
        // Another place than the inbox.
        if name.path.isAbsolute { return nil }
        do throws(SystemFailure) {
            return try Folder(inbox).statusIfThere(name.path)
        } catch let error where error.isGone {
            return nil
        } catch {
            throw Refusal(.inputOutput, error.description)
        }
    }
}

extension Settings {
    /// What a regular file in the inbox is; nil where it can't be read, or is gone.
    fileprivate func kind(of name: ImageName) throws -> FileKind? {
        do throws(SystemFailure) {
            return FileKind(try Folder(inbox).openFile(name.path).read(upTo: FileKind.bytesThatTell, at: 0))
        } catch let error where error.isGone || error.code == .permissionDenied {
            return nil
        } catch {
            throw Refusal(.inputOutput, error.description)
        }
    }
}

/// What lies in the inbox under a name now.
private struct Presence {
    let name: ImageName
    let status: FileStatus
    /// Nil of what is no regular file, or can't be read.
    let kind: FileKind?

    init?(_ name: ImageName, _ settings: Settings) throws {
        // Neither the inbox itself nor anything beside it.
        guard !name.path.isEmpty, name.path.components.allSatisfy({ $0.kind == .regular }),
            let status = try settings.presence(of: name)
        else { return nil }
        self.name = name
        self.status = status
        kind = status.kind == .regular ? try settings.kind(of: name) : nil
    }

    /// Whether the intake passes it over for its content.
    var isLeftAlone: Bool {
        guard case .other = kind else { return kind == .png && !name.promisesJPEG }
        return !name.promisesJPEG
    }

    func sentence(isKnown: Bool) -> String? {
        let shown = TerminalText.escaped(name.description)
        return switch status.kind {
        case .link: "\(shown) is a link in the inbox: links are never opened. Put the file itself there."
        case .folder:
            "\(shown) is a folder in the inbox: only its images get verdicts, and only with `recursive: true`."
        case .other: "\(shown) is no regular file (a FIFO, socket or device): it is never opened."
        case .regular where name.isSkipped:
            "\(shown) lies in the inbox, and its name says that it is unfinished or no image: it is skipped."
        case .regular where isLeftAlone:
            "\(shown) lies in the inbox and is no JPEG but \(kind?.appearance ?? ""): it is left alone and gets no verdict. "
                + "Export the image as JPEG."
        case .regular where isKnown: nil
        case .regular where kind == .jpeg || kind == nil:
            "\(shown) lies in the inbox and has no verdict: it is not yet complete, or its turn has not come."
        case .regular:
            "\(shown) lies in the inbox and has no verdict: it is \(kind?.appearance ?? "") and no JPEG, as its name says. "
                + "If nobody writes it any more it will be rejected; export the image as JPEG."
        }
    }
}
