internal import Crypto
package import LinuxIO
package import SystemPackage

/// The folder of verdicts. Everything in it is reached from the open folder, without following links: others may write there.
package struct Outbox: Sendable {
    package let root: FilePath

    package init(root: FilePath) { self.root = root }

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
        try folder.makeFolders(Self.verdictPath(for: name).removingLastComponent())
        if let older {
            try folder.keepHeatmap(of: older, for: name, unlessItsDigestIs: publication.heatmap.map(AuditChain.digest))
            try folder.keepVerdict(older, for: name)
        }
        if let heatmap = publication.heatmap { try folder.write(heatmap, to: Self.heatmapPath(for: name)) }
        try folder.write(publication.document, to: Self.verdictPath(for: name))
    }

    /// Gives a verdict its image's name again: the same content has come back after another.
    ///
    /// The verdict that had the name meanwhile is kept under its hash. `removeKept` ends it, once the ledger knows.
    ///
    /// - Parameter heatmap: SHA-256 of the heatmap that was published with it, if one was.
    package func restore(
        _ publication: Publication, withHeatmap heatmap: String?, for name: ImageName, replacing newer: Publication
    ) throws(SystemFailure) {
        let folder = try Folder(root)
        try folder.makeFolders(Self.verdictPath(for: name).removingLastComponent())
        try folder.keepHeatmap(of: newer, for: name, unlessItsDigestIs: heatmap)
        try folder.keepVerdict(newer, for: name)
        let kept = Self.supersededHeatmapPath(for: name, sha256: publication.sha256)
        if heatmap != nil, try folder.statusIfThere(kept) != nil {
            try folder.rename(kept, to: Self.heatmapPath(for: name), in: folder)
        }
        try folder.write(publication.document, to: Self.verdictPath(for: name))
    }

    /// Removes the copy of a verdict that has its image's name again, if it is that verdict.
    package func removeKept(_ publication: Publication, for name: ImageName) throws(SystemFailure) {
        let folder = try Folder(root)
        let kept = Self.supersededPath(for: name, sha256: publication.sha256)
        if try folder.contents(of: kept) == publication.document { try folder.remove(kept) }
    }

    /// The verdict file that lies in the outbox under an image's name; nil where none does.
    package func contents(of name: ImageName) throws(SystemFailure) -> [UInt8]? {
        try contents(at: Self.verdictPath(for: name))
    }

    /// What lies at a path below the outbox; nil where no file does.
    func contents(at relative: FilePath) throws(SystemFailure) -> [UInt8]? { try Folder(root).contents(of: relative) }
}

extension Folder {
    /// The older heatmap makes way even where no new one follows, or it would lie beside a verdict on another picture.
    ///
    /// - Parameter new: SHA-256 of what an interrupted try may have put there already.
    fileprivate func keepHeatmap(
        of older: Publication, for name: ImageName, unlessItsDigestIs new: String?
    ) throws(SystemFailure) {
        let path = Outbox.heatmapPath(for: name)
        guard let present = try contents(of: path), AuditChain.digest(present) != new else { return }
        try rename(path, to: Outbox.supersededHeatmapPath(for: name, sha256: older.sha256), in: self)
    }

    /// A copy, not a second link: not every file system has links.
    fileprivate func keepVerdict(_ older: Publication, for name: ImageName) throws(SystemFailure) {
        guard try contents(of: Outbox.verdictPath(for: name)) == older.document else { return }
        try write(older.document, to: Outbox.supersededPath(for: name, sha256: older.sha256))
    }

    /// Of a regular file, up to the 4 MiB that no verdict and no heatmap reaches; nil where no regular file is.
    fileprivate func contents(of relative: FilePath) throws(SystemFailure) -> [UInt8]? {
        guard try statusIfThere(relative)?.kind == .regular else { return nil }
        do throws(SystemFailure) {
            return try openFile(relative).read(upTo: 1 << 22)
        } catch let error where error.isGone {
            return nil
        }
    }
}
