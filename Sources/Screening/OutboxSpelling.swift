// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage
package import Verdict

/// What the outbox's files are called where its file system can't have every name.
extension Outbox {
    /// The path that the names of an image's files begin with there; nil where they are what they are everywhere.
    ///
    /// Any of our endings fits behind it, so that who knows it needs to know nothing of the file system.
    ///
    /// - Parameter isTaken: another image has the files of that name, whose name differs from this one's in case only.
    package static func spelling(
        of name: ImageName, on abilities: FileSystemAbilities, isTaken: Bool = false
    ) -> FilePath? {
        guard !abilities.takesEveryName || isTaken, let last = name.path.lastComponent else { return nil }
        let spelling = Spelling(abilities: abilities)
        let folder = name.path.removingLastComponent().components.reduce(FilePath()) {
            $0.pushing(FilePath(bytes: mirrored($1, spelling)))
        }
        let bytes = FilePath(root: nil, components: last).bytes
        let written = spelling.escaped(bytes, isWhole: false)
        let isMarked =
            isTaken || looksLikeOurs(bytes, ignoringCase: !abilities.distinguishesCase)
            || written.count + room > abilities.longestName
        let stem =
            isMarked ? spelling.marked(written, by: isTaken ? name.bytes : bytes, leaving: room) : written
        let spelled = folder.pushing(FilePath(bytes: stem))
        return isPlain(spelled, for: name) ? nil : spelled
    }

    /// Whether a file system has room for an image's files under names that once were found for them.
    static func takes(_ spelling: FilePath?, for name: ImageName, on abilities: FileSystemAbilities) -> Bool {
        if abilities.takesEveryName { return true }
        guard let spelling else { return self.spelling(of: name, on: abilities) == nil }
        return Spelling(abilities: abilities).takes(spelling, leaving: room)
    }

    private static let room = ".0123456789ab.heatmap.jpg".utf8.count

    private static func isPlain(_ spelled: FilePath, for name: ImageName) -> Bool {
        let sha256 = String(repeating: "0", count: digits)
        return verdictPath(for: name) == verdictPath(for: name, spelled: spelled)
            && supersededHeatmapPath(for: name, sha256: sha256)
                == supersededHeatmapPath(for: name, sha256: sha256, spelled: spelled)
    }

    private static func mirrored(_ folder: FilePath.Component, _ spelling: Spelling) -> [UInt8] {
        let bytes = FilePath(root: nil, components: folder).bytes
        let isTaken = isTakenByFiles(bytes, ignoringCase: !spelling.abilities.distinguishesCase)
        let written = spelling.whole(bytes)
        return isTaken ? spelling.marked(written, by: bytes, leaving: 0) : written
    }
}
