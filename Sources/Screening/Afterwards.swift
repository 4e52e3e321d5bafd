package import FoundationEssentials
package import LinuxIO
internal import Synchronization
package import SystemPackage

/// What becomes of an image once its verdict is in the outbox.
package enum Afterwards: Sendable, Equatable {
    case keep
    /// Moved below this folder, by date: `YYYY/MM/DD/NAME`.
    case archive(FilePath)
    case delete

    /// Does it, unless the file has changed since it was screened: then it is a new image and stays.
    ///
    /// No system call removes a file only if it is still a certain one. So the file is set aside under a hidden name,
    /// looked at there, and only then cleared away; another file is put back. Calls take turns: they share the hidden
    /// folder, which is removed when it is empty.
    ///
    /// - Returns: true when the file is no longer in the inbox.
    package func apply(
        to name: ImageName, sha256: String, _ signature: FileSignature, in inbox: FilePath, on date: Date
    ) throws(SystemFailure) -> Bool {
        if self == .keep { return false }
        return try Self.turn.withLock { _ throws(SystemFailure) in
            try clearAway(name, sha256: sha256, signature, from: inbox, on: date)
        }
    }

    private static let turn = Mutex(())

    private func clearAway(
        _ name: ImageName, sha256: String, _ signature: FileSignature, from inbox: FilePath, on date: Date
    ) throws(SystemFailure) -> Bool {
        let folder = try Folder(inbox)
        guard try folder.status(of: name.path).signature == signature else { return false }
        let aside = inbox.appending(Self.asideName)
        let path = aside.pushing(name.path)
        try AtomicFile.makeFolder(path.removingLastComponent())
        defer { Self.removeEmptyFolders(from: path.removingLastComponent(), to: inbox) }
        try AtomicFile.rename(inbox.pushing(name.path), to: path)
        let moved = try folder.status(of: FilePath(Self.asideName).pushing(name.path)).signature
        guard moved.isSameFile(as: signature) else {
            try Self.putBack(path, to: inbox.pushing(name.path))
            return false
        }
        try clear(path, as: name, sha256: sha256, in: inbox, on: date)
        return true
    }

    /// Puts back what a killed process had set aside; such files have their verdict and are cleared away again.
    package static func putBackAll(in inbox: FilePath) throws(SystemFailure) {
        try putBackAll(below: inbox.appending(asideName), to: inbox)
    }

    private static func putBackAll(below aside: FilePath, to target: FilePath) throws(SystemFailure) {
        do throws(SystemFailure) {
            for (name, status) in try Folder(aside).entries() {
                if status.kind == .folder {
                    try putBackAll(below: aside.appending(name), to: target.appending(name))
                } else {
                    try putBack(aside.appending(name), to: target.appending(name))
                }
            }
            AtomicFile.removeIfEmpty(aside)
        } catch let error where error.isGone {
            return
        }
    }

    private func clear(
        _ path: FilePath, as name: ImageName, sha256: String, in inbox: FilePath, on date: Date
    ) throws(SystemFailure) {
        do throws(SystemFailure) {
            if case .archive(let root) = self {
                try Self.archive(path, as: name, sha256: sha256, below: root, on: date)
            } else {
                try AtomicFile.remove(path)
            }
        } catch {
            try Self.putBack(path, to: inbox.pushing(name.path))
            throw error
        }
    }

    /// Begins with a dot, so the intake passes it by.
    private static let asideName = ".fundusd-aside"

    /// A newer file that has taken the name meanwhile has taken this one's place, as it would have without us.
    private static func putBack(_ aside: FilePath, to path: FilePath) throws(SystemFailure) {
        _ = try AtomicFile.link(aside, to: path)
        try AtomicFile.remove(aside)
    }

    private static func removeEmptyFolders(from folder: FilePath, to inbox: FilePath) {
        var folder = folder
        while folder != inbox, folder.starts(with: inbox) {
            AtomicFile.removeIfEmpty(folder)
            folder = folder.removingLastComponent()
        }
    }

    private static func archive(
        _ path: FilePath, as name: ImageName, sha256: String, below root: FilePath, on date: Date
    ) throws(SystemFailure) {
        let day = date.timestamp.prefix(10).split(separator: "-").map(String.init)
        let target = day.reduce(root) { $0.appending($1) }.pushing(name.path)
        try AtomicFile.makeFolder(target.removingLastComponent())
        let isTaken =
            (try? Folder(target.removingLastComponent()).status(of: FilePath(bytes: lastBytes(target)))) != nil
        try AtomicFile.move(
            path, to: isTaken ? FilePath(bytes: target.bytes + Array(".\(sha256.prefix(12))".utf8)) : target)
    }

    private static func lastBytes(_ path: FilePath) -> [UInt8] {
        path.lastComponent.map { FilePath(root: nil, components: $0).bytes } ?? []
    }
}

extension FileSignature {
    /// Equal but for the change time, which a rename sets.
    fileprivate func isSameFile(as other: FileSignature) -> Bool {
        device == other.device && inode == other.inode && bytes == other.bytes && modified == other.modified
    }
}
