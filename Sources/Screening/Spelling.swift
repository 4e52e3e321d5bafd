// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import LinuxIO
internal import SystemPackage

/// How a name is written where a file system can't have it as it is.
///
/// Each byte that is refused becomes `%` and its two hexadecimal digits, as in a URL (RFC 3986, section 2.1); so does a `%`
/// that stands before two such digits. Reading the digits back gives the name again, and ordinary names stay as they are.
struct Spelling: Sendable {
    let abilities: FileSystemAbilities

    /// A name that is a file's whole name, cut where it is too long for that.
    func whole(_ name: [UInt8], leaving room: Int = 0) -> [UInt8] {
        let written = escaped(name, isWhole: true)
        return written.count + room > abilities.longestName ? marked(written, by: name, leaving: room) : written
    }

    /// Whether names can be just so: nothing is refused, nothing is too long.
    func takes(_ path: FilePath, leaving room: Int) -> Bool {
        let names = path.components.map { FilePath(root: nil, components: $0).bytes }
        return names.enumerated().allSatisfy { index, name in
            let isLast = index == names.count - 1
            return refusedPlaces(in: name, isWhole: !isLast).isEmpty
                && name.count + (isLast ? room : 0) <= abilities.longestName
        }
    }

    /// - Parameter isWhole: nothing is added at its end.
    func escaped(_ name: [UInt8], isWhole: Bool) -> [UInt8] {
        if abilities.refused.isEmpty { return name }
        let refused = refusedPlaces(in: name, isWhole: isWhole)
        var written: [UInt8] = []
        for (place, byte) in name.enumerated() {
            if refused.contains(place) || Self.isEscape(name[place...]) {
                written += Self.escape(byte)
            } else {
                written.append(byte)
            }
        }
        return written
    }

    /// A written name with 12 digits of a hash, cut so that `room` bytes are left; not within a character, nor within an escape.
    func marked(_ written: [UInt8], by hashed: [UInt8], leaving room: Int) -> [UInt8] {
        let own = SHA256.hash(hashed).hexadecimal.prefix(Outbox.digits)
        let length = max(0, abilities.longestName - room - Outbox.digits - 1)
        var shown = Outbox.cut(written, to: length)
        if shown.count < written.count, let escape = shown.suffix(2).firstIndex(of: UInt8(ascii: "%")) {
            shown.removeSubrange(escape...)
        }
        return shown + Array("~\(own)".utf8)
    }

    private func refusedPlaces(in name: [UInt8], isWhole: Bool) -> Set<Int> {
        let refused = abilities.refused
        var places: Set<Int> = []
        for (place, byte) in name.enumerated() {
            let isRefused =
                refused.contains(.control) && (byte < 0x20 || byte == 0x7F)
                || refused.contains(.reserved) && Self.reserved.contains(byte)
                || refused.contains(.foreign) && byte >= 0x80
            if isRefused { places.insert(place) }
        }
        if refused.contains(.invalid) { places.formUnion(Self.invalidPlaces(in: name)) }
        if refused.contains(.device), Self.isDevice(name) { places.insert(0) }
        if isWhole, let last = name.last {
            let isRefused =
                refused.contains(.trailingDot) && last == UInt8(ascii: ".")
                || refused.contains(.trailingSpace) && last == UInt8(ascii: " ")
            if isRefused { places.insert(name.count - 1) }
        }
        return places
    }

    private static let reserved = Set("<>:\"|?*\\".utf8)

    private static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    /// Whether bytes begin as an escape does.
    private static func isEscape(_ bytes: ArraySlice<UInt8>) -> Bool {
        let start = bytes.prefix(3)
        return start.count == 3 && start.first == UInt8(ascii: "%") && start.dropFirst().allSatisfy(isHexadecimal)
    }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// The bytes that belong to no character of UTF-8 (RFC 3629).
    private static func invalidPlaces(in name: [UInt8]) -> [Int] {
        var (place, invalid) = (0, [Int]())
        while place < name.count {
            let length = (1...4).first { length in
                place + length <= name.count
                    && String(validating: name[place..<place + length], as: UTF8.self) != nil
            }
            if length == nil { invalid.append(place) }
            place += length ?? 1
        }
        return invalid
    }

    /// Whether Windows takes a name for one of its devices, whatever follows the first dot
    /// (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
    private static func isDevice(_ name: [UInt8]) -> Bool {
        var base = name.prefix { $0 != UInt8(ascii: ".") }
        while base.last == UInt8(ascii: " ") { base.removeLast() }
        let device = String(decoding: base, as: UTF8.self).uppercased()
        if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"].contains(device) { return true }
        guard device.count == 4, let number = device.last else { return false }
        return (device.hasPrefix("COM") || device.hasPrefix("LPT")) && "0123456789¹²³".contains(number)
    }
}
