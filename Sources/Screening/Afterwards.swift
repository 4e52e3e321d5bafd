package import FoundationEssentials
package import LinuxIO
package import SystemPackage

/// What becomes of an image once its verdict is in the outbox.
package enum Afterwards: Sendable, Equatable {
    case keep
    /// Moved below this folder, by date: `YYYY/MM/DD/NAME`.
    case archive(FilePath)
    case delete

    /// Does it, unless the file has changed since it was screened: then it is a new image and stays.
    ///
    /// - Returns: true when the file is no longer in the inbox.
    package func apply(
        to name: ImageName, sha256: String, _ signature: FileSignature, in inbox: FilePath, on date: Date
    ) throws(SystemFailure) -> Bool {
        if self == .keep { return false }
        guard try Folder(inbox).status(of: name.path).signature == signature else { return false }
        let path = inbox.pushing(name.path)
        switch self {
        case .keep: return false
        case .delete: try AtomicFile.remove(path)
        case .archive(let root): try Self.archive(path, as: name, sha256: sha256, below: root, on: date)
        }
        return true
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
