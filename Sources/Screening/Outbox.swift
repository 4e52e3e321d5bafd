// SPDX-License-Identifier: Apache-2.0
internal import Hashing
package import Ledger
package import LinuxIO
package import SystemPackage
package import Verdict

/// The folder of verdicts. Everything in it is reached from the open folder, without following links: others may write there.
package struct Outbox: Sendable {
    package let root: FilePath
    /// What its file system can do, where that is known; else it is tried.
    let abilities: FileSystemAbilities?

    /// - Parameter abilities: what its file system can do; nil has it tried when the first verdict comes.
    package init(root: FilePath, abilities: FileSystemAbilities? = nil) {
        self.root = root
        self.abilities = abilities
    }

    /// Puts a verdict under its image's name, whole or not at all, and keeps an older one under that one's hash.
    ///
    /// A heatmap is there before its verdict: who sees the verdict finds it. Doing it again, after a crash at any step, ends
    /// in the same files. An outbox that is not there is not made: it may be a disk that is not mounted.
    ///
    /// - Parameter older: the verdict that has the name now, as the ledger has it. When the file is no longer that (a
    ///   reader has taken it away), there is nothing to keep.
    package func publish(
        _ publication: Publication, for name: ImageName, replacing older: Publication?
    ) throws(SystemFailure) {
        let folder = try Folder(root)
        let path = Self.verdictPath(for: name, spelled: publication.spelling)
        try folder.makeFolders(path.removingLastComponent())
        if let older {
            try folder.keep(
                older, for: name, beside: publication, publication.heatmap.map { SHA256.hash($0).hexadecimal })
        }
        if let heatmap = publication.heatmap {
            try folder.write(heatmap, to: Self.heatmapPath(for: name, spelled: publication.spelling))
        }
        try folder.write(publication.document, to: path)
        if let older { try folder.leave(older, for: name, to: publication) }
    }

    /// Gives a verdict its image's name again: the same content has come back after another.
    ///
    /// The verdict that had the name meanwhile is kept under its hash. `removeKept` ends it, once the ledger knows.
    ///
    /// - Parameters:
    ///   - heatmap: SHA-256 of the heatmap that was published with it, if one was.
    ///   - spelling: how the name is spelled from now on.
    package func restore(
        _ publication: Publication, withHeatmap heatmap: String?, for name: ImageName,
        spelled spelling: FilePath? = nil,
        replacing newer: Publication
    ) throws(SystemFailure) {
        let folder = try Folder(root)
        let path = Self.verdictPath(for: name, spelled: spelling)
        try folder.makeFolders(path.removingLastComponent())
        var restored = publication
        restored.spelling = spelling
        try folder.keep(newer, for: name, beside: restored, heatmap)
        let kept = Self.supersededHeatmapPath(for: name, sha256: publication.sha256, spelled: publication.spelling)
        if heatmap != nil, try folder.statusIfThere(kept) != nil {
            try folder.rename(kept, to: Self.heatmapPath(for: name, spelled: spelling), in: folder)
        }
        try folder.write(publication.document, to: path)
        try folder.leave(newer, for: name, to: restored)
    }

    /// Removes the copy of a verdict that has its image's name again, if it is that verdict.
    package func removeKept(_ publication: Publication, for name: ImageName) throws(SystemFailure) {
        let folder = try Folder(root)
        let kept = Self.supersededPath(for: name, sha256: publication.sha256, spelled: publication.spelling)
        if try folder.contents(of: kept) == publication.document { try folder.remove(kept) }
    }

    /// The verdict file that lies in the outbox under an image's name; nil where none does.
    package func contents(
        of name: ImageName, spelled spelling: FilePath? = nil
    ) throws(SystemFailure) -> [UInt8]? {
        try contents(at: Self.verdictPath(for: name, spelled: spelling))
    }

    /// What lies at a path below the outbox; nil where no file does.
    func contents(at relative: FilePath) throws(SystemFailure) -> [UInt8]? { try Folder(root).contents(of: relative) }
}

extension Folder {
    /// Has an older verdict and its heatmap make way. Where the new one goes by another spelling, nothing is in its way; then
    /// the older one is moved only if it is still there: by that name, others' may be.
    ///
    /// - Parameter new: SHA-256 of the new one's heatmap, which an interrupted try may have put there already.
    fileprivate func keep(
        _ older: Publication, for name: ImageName, beside publication: Publication, _ new: String?
    ) throws(SystemFailure) {
        let path = Outbox.verdictPath(for: name, spelled: older.spelling)
        let isThere = try contents(of: path) == older.document
        let isInTheWay = older.spelling == publication.spelling
        if isInTheWay || isThere { try keepHeatmap(of: older, for: name, unlessItsDigestIs: isInTheWay ? new : nil) }
        // A copy, not a second link: not every file system has links.
        if isThere {
            try write(
                older.document, to: Outbox.supersededPath(for: name, sha256: older.sha256, spelled: older.spelling))
        }
    }

    /// The older heatmap makes way even where no new one follows, or it would lie beside a verdict on another picture.
    private func keepHeatmap(
        of older: Publication, for name: ImageName, unlessItsDigestIs new: String?
    ) throws(SystemFailure) {
        let path = Outbox.heatmapPath(for: name, spelled: older.spelling)
        guard let present = try contents(of: path), SHA256.hash(present).hexadecimal != new else { return }
        let kept = Outbox.supersededHeatmapPath(for: name, sha256: older.sha256, spelled: older.spelling)
        try rename(path, to: kept, in: self)
    }

    /// Ends an older verdict under another spelling than the new one's, which is there and has the name now.
    fileprivate func leave(
        _ older: Publication, for name: ImageName, to publication: Publication
    ) throws(SystemFailure) {
        let path = Outbox.verdictPath(for: name, spelled: older.spelling)
        guard older.spelling != publication.spelling, try contents(of: path) == older.document else { return }
        try remove(path)
    }

    /// Of a regular file, up to the 4 MiB that no verdict and no heatmap reaches; nil where no regular file is.
    func contents(of relative: FilePath) throws(SystemFailure) -> [UInt8]? {
        do throws(SystemFailure) {
            guard try statusIfThere(relative)?.kind == .regular else { return nil }
            return try openFile(relative).read(upTo: 1 << 22)
        } catch let error where error.isGone || error.isRefusedName {
            return nil
        }
    }
}
