internal import Crypto
internal import LinuxIO
package import SystemPackage

/// What the outbox's files are called.
extension Outbox {
    /// `NAME.json`, in the image's own folder.
    package static func verdictPath(for name: ImageName) -> FilePath {
        path(beside: name, ending: ".json")
    }

    /// `NAME.SHA12.json`: where a verdict stays when newer content comes under the same name.
    package static func supersededPath(for name: ImageName, sha256: String) -> FilePath {
        path(beside: name, ending: ".\(sha256.prefix(digits)).json")
    }

    /// `NAME.heatmap.jpg`, beside the verdict.
    package static func heatmapPath(for name: ImageName) -> FilePath {
        path(beside: name, ending: ".heatmap.jpg")
    }

    /// `NAME.SHA12.heatmap.jpg`, beside the older verdict.
    package static func supersededHeatmapPath(for name: ImageName, sha256: String) -> FilePath {
        path(beside: name, ending: ".\(sha256.prefix(digits)).heatmap.jpg")
    }

    private static let digits = 12

    /// The longest file name that Linux's file systems take, in bytes (NAME_MAX in `linux/limits.h`).
    private static let longestName = 255

    /// A name too long to take the ending is cut; it and a name that looks like one of ours get 12 digits of their own hash.
    private static func path(beside name: ImageName, ending: String) -> FilePath {
        guard let last = name.path.lastComponent else { return FilePath(ending) }
        var stem = FilePath(root: nil, components: last).bytes
        if stem.count + ending.utf8.count > longestName || looksLikeOurs(stem) {
            let own = SHA256.hash(data: stem).hexadecimal.prefix(digits)
            stem = cut(stem, to: longestName - ending.utf8.count - digits - 1) + Array("~\(own)".utf8)
        }
        let verdict = FilePath(bytes: stem + Array(ending.utf8))
        return name.path.removingLastComponent().pushing(verdict)
    }

    /// Whether an image's name ends as we end names, in `.SHA12` or `~HASH12`: its verdict would take a kept one's place.
    private static func looksLikeOurs(_ name: [UInt8]) -> Bool {
        guard name.count > digits else { return false }
        let mark = name[name.count - digits - 1]
        return (mark == UInt8(ascii: ".") || mark == UInt8(ascii: "~"))
            && name.suffix(digits).allSatisfy(isLowerHexadecimal)
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
    }

    /// Cut between characters, not within one.
    private static func cut(_ bytes: [UInt8], to length: Int) -> [UInt8] {
        guard bytes.count > length else { return bytes }
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
