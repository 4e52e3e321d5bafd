// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import SystemPackage
internal import Verdict

/// Where screened images are kept: a folder that only this program writes to.
struct Archive: Sendable {
    let root: FilePath
    let probed: ProbedFolder

    /// Moves a file of the inbox here, by copying: whoever has the file still open writes to it elsewhere then, and the copy is
    /// known to hold the bytes that were judged.
    ///
    /// Nothing here is ever replaced: where the name is taken by other content, 12 digits of the SHA-256 are added, then all 64.
    ///
    /// - Parameter day: `YYYY-MM-DD`.
    /// - Returns: false where the file holds other bytes by now; then it stays where it is.
    func take(
        _ relative: FilePath, of inbox: borrowing Folder, as name: ImageName, sha256: String, on day: Substring
    ) throws(SystemFailure) -> Bool {
        try AtomicFile.makeFolder(root)
        let archive = try Folder(root)
        let target = day.split(separator: "-").reduce(FilePath()) { $0.appending(String($1)) }
            .pushing(try spelled(name, archive))
        try archive.makeFolders(target.removingLastComponent())
        for ending in ["", ".\(sha256.prefix(12))", ".\(sha256)"] {
            let path = FilePath(bytes: target.bytes + Array(ending.utf8))
            let isCopied = try archive.copyIfFree(inbox.openFile(relative), to: path)
            // There before: after a kill between the copy and the removal, or the same picture delivered again.
            if try archive.holds(sha256, at: path) {
                try inbox.remove(relative)
                return true
            }
            if isCopied {
                try archive.remove(path)
                return false
            }
        }
        throw SystemFailure("rename", archive.path.pushing(target).string, .fileExists)
    }

    /// The name as the archive's file system can have it.
    private func spelled(_ name: ImageName, _ archive: borrowing Folder) throws(SystemFailure) -> FilePath {
        let spelling = Spelling(abilities: try probed.abilities(of: archive))
        if spelling.abilities.takesEveryName { return name.path }
        let last = name.path.components.count - 1
        return name.path.components.enumerated().reduce(FilePath()) { path, component in
            let bytes = FilePath(root: nil, components: component.element).bytes
            // Room for the longest ending that `take` may add.
            let room = component.offset == last ? 65 : 0
            return path.pushing(FilePath(bytes: spelling.whole(bytes, leaving: room)))
        }
    }
}

extension Folder {
    /// Whether a regular file of that content lies there.
    func holds(_ sha256: String, at relative: FilePath) throws(SystemFailure) -> Bool {
        guard try status(of: relative).kind == .regular else { return false }
        return try ImageContent.read(openFile(relative), maximumBytes: 0).sha256 == sha256
    }
}
