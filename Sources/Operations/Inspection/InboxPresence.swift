// SPDX-License-Identifier: Apache-2.0
internal import FundusImage
internal import LinuxIO
internal import Settings
internal import Supervision
internal import SystemPackage
internal import Verdict

/// What lies in the inbox under a name now.
struct InboxPresence {
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
