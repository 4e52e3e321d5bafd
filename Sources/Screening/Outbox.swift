internal import Crypto
internal import Glibc
package import LinuxIO
package import SystemPackage

/// The folder of verdicts.
package struct Outbox: Sendable {
    package let root: FilePath

    package init(root: FilePath) { self.root = root }

    /// Puts a verdict under its image's name, whole or not at all, and keeps an older one under that one's hash.
    ///
    /// A heatmap is there before its verdict: who sees the verdict finds it. Doing it again, after a crash at any step, ends
    /// in the same files.
    ///
    /// - Parameter older: the verdict that has the name now, as the ledger has it. When the file is no longer that (a
    ///   reader has taken it away), there is nothing to keep.
    package func publish(
        _ publication: Publication, for name: ImageName, replacing older: Publication?
    ) throws(SystemFailure) {
        let path = try preparedPath(Self.verdictPath(for: name))
        let heatmapPath = root.pushing(Self.heatmapPath(for: name))
        if let older {
            try keepHeatmap(at: heatmapPath, of: older, for: name, unlessItIs: publication.heatmap)
            if contents(of: path) == older.document {
                let kept = root.pushing(Self.supersededPath(for: name, sha256: older.sha256))
                _ = try AtomicFile.link(path, to: kept)
            }
        }
        if let heatmap = publication.heatmap { try AtomicFile.write(heatmap, to: heatmapPath) }
        try AtomicFile.write(publication.document, to: path)
    }

    /// The older heatmap makes way even where no new one follows, or it would lie beside a verdict on another picture.
    ///
    /// - Parameter new: what an interrupted try may have put there already.
    private func keepHeatmap(
        at path: FilePath, of older: Publication, for name: ImageName, unlessItIs new: [UInt8]?
    ) throws(SystemFailure) {
        guard let present = contents(of: path), present != new else { return }
        try AtomicFile.rename(path, to: root.pushing(Self.supersededHeatmapPath(for: name, sha256: older.sha256)))
    }

    /// The verdict file that lies in the outbox under an image's name, if any.
    package func contents(of name: ImageName) -> [UInt8]? {
        contents(of: root.pushing(Self.verdictPath(for: name)))
    }

    /// Only folders below the outbox are made: an outbox that is not there may be a disk that is not mounted.
    private func preparedPath(_ relative: FilePath) throws(SystemFailure) -> FilePath {
        _ = try Folder(root)
        let path = root.pushing(relative)
        if relative.components.count > 1 {
            try AtomicFile.makeFolder(path.removingLastComponent())
        }
        return path
    }

    /// Of a regular file, up to the 4 MiB that no verdict and no heatmap reaches.
    func contents(of path: FilePath) -> [UInt8]? {
        guard let file = try? Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { return nil }
        return try? file.read(upTo: 1 << 22)
    }

    /// `NAME.json`, in the image's own folder.
    package static func verdictPath(for name: ImageName) -> FilePath {
        path(beside: name, ending: ".json")
    }

    /// `NAME.SHA12.json`: where a verdict stays when newer content comes under the same name.
    package static func supersededPath(for name: ImageName, sha256: String) -> FilePath {
        path(beside: name, ending: ".\(sha256.prefix(12)).json")
    }

    /// `NAME.heatmap.jpg`, beside the verdict.
    package static func heatmapPath(for name: ImageName) -> FilePath {
        path(beside: name, ending: ".heatmap.jpg")
    }

    /// `NAME.SHA12.heatmap.jpg`, beside the older verdict.
    package static func supersededHeatmapPath(for name: ImageName, sha256: String) -> FilePath {
        path(beside: name, ending: ".\(sha256.prefix(12)).heatmap.jpg")
    }

    /// The longest file name that Linux's file systems take, in bytes (NAME_MAX in `linux/limits.h`).
    private static let longestName = 255

    /// A name too long to take the ending is cut, and told apart from its like by 12 digits of its own hash.
    private static func path(beside name: ImageName, ending: String) -> FilePath {
        guard let last = name.path.lastComponent else { return FilePath(ending) }
        var stem = FilePath(root: nil, components: last).bytes
        if stem.count + ending.utf8.count > longestName {
            let digits = SHA256.hash(data: stem).hexadecimal.prefix(12)
            stem = cut(stem, to: longestName - ending.utf8.count - 13) + Array("~\(digits)".utf8)
        }
        let verdict = FilePath(bytes: stem + Array(ending.utf8))
        return name.path.removingLastComponent().pushing(verdict)
    }

    /// Cut between characters, not within one.
    private static func cut(_ bytes: [UInt8], to length: Int) -> [UInt8] {
        var end = length
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(bytes[..<end])
    }
}

extension Digest {
    /// Lower-case hexadecimal digits.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
