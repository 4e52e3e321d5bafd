// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import LinuxIO
package import SystemPackage
package import Verdict

/// What the outbox's files are called: by a rule of the name alone, or by a spelling that was found for it
/// (`OutboxSpelling.swift`), which the ledger keeps.
extension Outbox {
    /// `NAME.json`, in the image's own folder.
    package static func verdictPath(for name: ImageName, spelled spelling: FilePath? = nil) -> FilePath {
        path(beside: name, spelling, ending: ".json")
    }

    /// `NAME.SHA12.json`: where a verdict stays when newer content comes under the same name.
    package static func supersededPath(for name: ImageName, sha256: String, spelled spelling: FilePath? = nil)
        -> FilePath
    {
        path(beside: name, spelling, ending: ".\(sha256.prefix(digits)).json")
    }

    /// `NAME.heatmap.jpg`, beside the verdict.
    package static func heatmapPath(for name: ImageName, spelled spelling: FilePath? = nil) -> FilePath {
        path(beside: name, spelling, ending: ".heatmap.jpg")
    }

    /// `NAME.SHA12.heatmap.jpg`, beside the older verdict.
    package static func supersededHeatmapPath(for name: ImageName, sha256: String, spelled spelling: FilePath? = nil)
        -> FilePath
    {
        path(beside: name, spelling, ending: ".\(sha256.prefix(digits)).heatmap.jpg")
    }

    static let digits = 12

    private static let longestName = FileSystemAbilities.longestNameOfLinux

    private static func path(beside name: ImageName, _ spelling: FilePath?, ending: String) -> FilePath {
        if let spelling { return FilePath(bytes: spelling.bytes + Array(ending.utf8)) }
        guard let last = name.path.lastComponent else { return FilePath(ending) }
        let folder = name.path.removingLastComponent().components.reduce(FilePath()) { $0.pushing(mirrored($1)) }
        let stem = FilePath(root: nil, components: last).bytes
        let isTaken = stem.count + ending.utf8.count > longestName || looksLikeOurs(stem)
        return folder.pushing(
            FilePath(bytes: (isTaken ? marked(stem, leaving: ending.utf8.count) : stem) + Array(ending.utf8)))
    }

    /// A folder of the inbox as the outbox has it: not by a name that a verdict or a heatmap may need.
    private static func mirrored(_ folder: FilePath.Component) -> FilePath {
        let name = FilePath(root: nil, components: folder)
        return isTakenByFiles(name.bytes) ? FilePath(bytes: marked(name.bytes, leaving: 0)) : name
    }

    /// Whether a folder's name may be needed by a verdict or a heatmap.
    static func isTakenByFiles(_ folder: [UInt8], ignoringCase: Bool = false) -> Bool {
        let endings = [".json", ".heatmap.jpg"].map { Array($0.utf8) }
        let name = ignoringCase ? folder.map(smallLetter) : folder
        return looksLikeOurs(name) || endings.contains { name.suffix($0.count).elementsEqual($0) }
    }

    /// A name with 12 digits of its own hash, cut so that `room` bytes are left.
    private static func marked(_ name: [UInt8], leaving room: Int) -> [UInt8] {
        let own = SHA256.hash(name).hexadecimal.prefix(digits)
        return cut(name, to: longestName - room - digits - 1) + Array("~\(own)".utf8)
    }

    /// Whether a name ends as we end names, in `.SHA12` or `~HASH12`: its verdict would take a kept one's place.
    static func looksLikeOurs(_ name: [UInt8], ignoringCase: Bool = false) -> Bool {
        guard name.count > digits else { return false }
        let mark = name[name.count - digits - 1]
        return (mark == UInt8(ascii: ".") || mark == UInt8(ascii: "~"))
            && name.suffix(digits).allSatisfy { isLowerHexadecimal(ignoringCase ? smallLetter($0) : $0) }
    }

    /// Of ASCII's letters.
    private static func smallLetter(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
    }

    /// Cut between characters, not within one.
    static func cut(_ bytes: [UInt8], to length: Int) -> [UInt8] {
        guard bytes.count > length else { return bytes }
        var end = length
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(bytes[..<end])
    }
}
