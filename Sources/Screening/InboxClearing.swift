// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Intake
internal import Ledger
internal import LinuxIO
internal import SystemPackage
internal import Verdict

/// Takes images that have their verdict out of the inbox.
///
/// No system call removes a file only if it is still a certain one. So the file gets a hidden name beside its own, is looked at
/// there, and only then goes; another file gets its name back. The ledger notes the file and the hidden name before: what was
/// interrupted is known by that note alone, never by what lies in the inbox, where others may put what they like.
///
/// Whoever may write to the inbox can take the file away at any moment. That is their right, and all that they can do here.
struct InboxClearing: Sendable {
    let ledger: Ledger
    /// Where files seem to change by themselves.
    var mounts = UnsteadyMounts()
    /// What the archive's file system can do.
    let archiveAbilities = ProbedFolder()
    let tell: @Sendable (ScreeningEvent) -> Void

    /// Does what is to become of an image, unless its file has changed since it was screened: then it is a new image and stays.
    ///
    /// - Returns: true when the file is no longer in the inbox.
    func apply(
        _ disposition: SourceDisposition, to name: ImageName, sha256: String, _ signature: FileSignature,
        in root: FilePath, on date: Date
    ) throws -> Bool {
        if disposition == .keep { return false }
        let inbox = try Folder(root)
        let present = try inbox.statusIfThere(name.path)?.signature
        guard present.map(mounts.steady) == signature else { return false }
        if let left = try ledger.clearing(of: name) { try putBackIfThere(left, in: inbox) }
        let note = Ledger.Clearing(name: name, hidden: Self.hiddenPath(beside: name), sha256: sha256, file: signature)
        try ledger.noteClearing(note)
        return try carryOut(note, disposition, in: inbox, on: date)
    }

    private func carryOut(
        _ note: Ledger.Clearing, _ disposition: SourceDisposition, in inbox: borrowing Folder, on date: Date
    ) throws -> Bool {
        do {
            guard try inbox.moveIfFree(note.name.path, to: note.hidden, in: inbox) else {
                throw SystemFailure("rename", inbox.path.pushing(note.hidden).string, .fileExists)
            }
        } catch {
            try putBackIfThere(note, in: inbox)
            if let failure = error as? SystemFailure, failure.isGone { return false }
            throw error
        }
        do {
            if try finish(note, disposition, in: inbox, on: date) { return true }
        } catch {
            try putBack(note, in: inbox)
            throw error
        }
        try putBack(note, in: inbox)
        return false
    }

    /// - Returns: false where the file is not what was judged, by its bytes too: who still has it open may have written to it, and
    ///   set its times back.
    private func finish(
        _ note: Ledger.Clearing, _ disposition: SourceDisposition, in inbox: borrowing Folder, on date: Date
    ) throws(SystemFailure) -> Bool {
        let present = mounts.steady(try inbox.status(of: note.hidden).signature)
        guard present.isSameFile(as: note.file) else { return false }
        switch disposition {
        case .keep: return false
        case .delete:
            guard try inbox.holds(note.sha256, at: note.hidden) else { return false }
            try inbox.remove(note.hidden)
            return true
        case .archive(let root):
            return try Archive(root: root, probed: archiveAbilities).take(
                note.hidden, of: inbox, as: note.name, sha256: note.sha256, on: date.timestamp.prefix(10))
        }
    }

    /// Gives a file its name back. Where a newer one has taken it, the file stays under a name that nobody has: it may be a
    /// picture that came on the way and has no verdict yet.
    private func putBack(_ note: Ledger.Clearing, in inbox: borrowing Folder) throws {
        if try inbox.moveIfFree(note.hidden, to: note.name.path, in: inbox) {
            return try ledger.forgetClearing(note.name)
        }
        let spare = Self.sparePath(beside: note.name, inode: try inbox.status(of: note.hidden).signature.inode)
        guard try inbox.moveIfFree(note.hidden, to: spare, in: inbox) else {
            throw SystemFailure("rename", inbox.path.pushing(spare).string, .fileExists)
        }
        try ledger.forgetClearing(note.name)
    }

    /// Gives back their names to what a killed process was clearing away; such files have their verdict, and are cleared
    /// away again. A trouble is told and tried again at the next start: it keeps no picture from its verdict.
    func putBackInterrupted(in root: FilePath) {
        do {
            for note in try ledger.clearings() { putBackInterrupted(note, in: root) }
            if try Folder(root).statusIfThere(Self.formerAside)?.kind == .folder {
                tell(
                    .fault(
                        """
                        \(root.pushing(Self.formerAside)) may hold images that an earlier version was clearing away when it \
                        was killed; move what is an image back into the inbox
                        """))
            }
        } catch {
            tell(.fault("images that were being cleared away can't be looked after until the next start: \(error)"))
        }
    }

    /// Removes what a killed process left in the archive while it tried what the file system there can do.
    func tidyUp(_ archive: FilePath) {
        do throws(SystemFailure) {
            if try FileStatus.at(archive) != nil { try Folder(archive).removeUnfinished() }
        } catch {
            tell(.fault("the archive can't be looked after until the next start: \(error.description)"))
        }
    }

    private func putBackInterrupted(_ note: Ledger.Clearing, in root: FilePath) {
        do {
            try putBackIfThere(note, in: Folder(root))
        } catch {
            tell(.fault("\(note.name) was being cleared away, and now has the name \(note.hidden): \(error)"))
        }
    }

    private func putBackIfThere(_ note: Ledger.Clearing, in inbox: borrowing Folder) throws {
        if try inbox.statusIfThere(note.hidden) == nil { return try ledger.forgetClearing(note.name) }
        try putBack(note, in: inbox)
    }

    private static let formerAside: FilePath = ".fundusd-aside"

    /// Begins with a dot, so the intake passes it by; random, so nobody has it.
    private static func hiddenPath(beside name: ImageName) -> FilePath {
        let random = String(UInt64.random(in: 0 ... .max), radix: 36)
        return name.path.removingLastComponent().appending("\(AtomicFile.temporaryPrefix)\(random).cleared")
    }

    /// `a~INODE.jpg` for `a.jpg`.
    private static func sparePath(beside name: ImageName, inode: UInt64) -> FilePath {
        let bytes = name.path.lastComponent.map { FilePath(root: nil, components: $0).bytes } ?? []
        let dot = bytes.lastIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
        let spare = bytes[..<dot].prefix(200) + Array("~\(inode)".utf8) + bytes[dot...].prefix(20)
        return name.path.removingLastComponent().pushing(FilePath(bytes: Array(spare)))
    }
}

extension FileSignature {
    /// Equal but for the change time, which a rename sets.
    fileprivate func isSameFile(as other: FileSignature) -> Bool {
        device == other.device && inode == other.inode && bytes == other.bytes && modified == other.modified
    }
}
