// SPDX-License-Identifier: Apache-2.0
/// The directory of a zip archive, and its stored members; as much of the format as `torch.save` uses.
///
/// Field offsets are those of APPNOTE.TXT 6.3.10: 4.3.7 local header, 4.3.12 central directory, 4.3.14 to 4.3.16 its end.
struct ZipArchive: Sendable {
    struct Member: Sendable {
        let method: Int
        let isEncrypted: Bool
        let checksum: UInt32
        let storedCount: Int
        let count: Int
        let headerOffset: Int
    }

    /// A full checkpoint with its optimizer has a few thousand members of about 100 bytes each.
    static let largestDirectory = 16 << 20

    let members: [String: Member]
    let source: ByteSource

    init(_ source: ByteSource) throws(ModelFailure) {
        let range = try Self.directoryRange(source)
        let directory = LittleEndian(try source.bytes(at: range.lowerBound, count: range.count))
        var members: [String: Member] = [:]
        var offset = 0
        while offset < range.count {
            guard directory[offset, 4] == 0x0201_4B50, let entry = Self.entry(directory, at: offset) else {
                throw Self.damaged(source.path, "its directory is damaged at byte \(range.lowerBound + offset)")
            }
            guard members.updateValue(entry.member, forKey: entry.name) == nil else {
                throw Self.damaged(source.path, "it holds \(entry.name) twice")
            }
            offset += entry.byteCount
        }
        // Members that lie over one another would be read as often as there are of them.
        var rest = source.count
        for member in members.values {
            guard member.storedCount <= rest else {
                throw Self.damaged(source.path, "its members are larger than the file")
            }
            rest -= member.storedCount
        }
        self.members = members
        self.source = source
    }

    static func damaged(_ path: String, _ message: String) -> ModelFailure {
        ModelFailure(.damaged, path, message, remedy: "the file is truncated or damaged: copy or save it again")
    }

    /// A stored member's bytes, their check sum verified.
    func bytes(_ name: String, limit: Int) throws(ModelFailure) -> [UInt8] {
        guard let member = members[name] else { throw Self.damaged(source.path, "it holds no \(name)") }
        guard member.method == 0, !member.isEncrypted, member.count == member.storedCount else {
            throw ModelFailure(
                .unsupported, source.path, "\(name) is \(member.isEncrypted ? "encrypted" : "compressed")",
                remedy: "torch.save stores without compression: save it again, or unpack and repack with zip -0")
        }
        guard member.count <= limit else {
            throw ModelFailure(
                .unsupported, source.path, "\(name) has \(member.count) bytes, more than the \(limit) it may have",
                remedy: "save the state_dict alone")
        }
        let header = LittleEndian(try source.bytes(at: member.headerOffset, count: 30))
        guard header[0, 4] == 0x0403_4B50, let nameCount = header[26, 2], let extraCount = header[28, 2] else {
            throw Self.damaged(source.path, "the header of \(name) is damaged")
        }
        let bytes = try source.bytes(at: member.headerOffset + 30 + nameCount + extraCount, count: member.count)
        guard CRC32.checksum(bytes) == member.checksum else {
            throw Self.damaged(source.path, "the check sum of \(name) is wrong")
        }
        return bytes
    }

    private static func entry(
        _ directory: LittleEndian, at offset: Int
    ) -> (name: String, member: Member, byteCount: Int)? {
        guard let flags = directory[offset + 8, 2], let method = directory[offset + 10, 2],
            let checksum = directory[offset + 16, 4], let stored = directory[offset + 20, 4],
            let count = directory[offset + 24, 4], let nameCount = directory[offset + 28, 2],
            let extraCount = directory[offset + 30, 2], let commentCount = directory[offset + 32, 2],
            let header = directory[offset + 42, 4],
            let name = directory.bytes(at: offset + 46, count: nameCount),
            let extra = directory.bytes(at: offset + 46 + nameCount, count: extraCount),
            let sizes = wideFields([count, stored, header], extra: LittleEndian(Array(extra)))
        else { return nil }
        let member = Member(
            method: method, isEncrypted: flags & 1 == 1, checksum: UInt32(truncatingIfNeeded: checksum),
            storedCount: sizes[1], count: sizes[0], headerOffset: sizes[2])
        return (String(decoding: name, as: UTF8.self), member, 46 + nameCount + extraCount + commentCount)
    }

    /// Replaces each field that reads 2³² − 1 by its 64-bit value from the zip64 extra field (4.5.3), in order.
    private static func wideFields(_ fields: [Int], extra: LittleEndian) -> [Int]? {
        guard fields.contains(0xFFFF_FFFF) else { return fields }
        var offset = 0
        while let kind = extra[offset, 2], let count = extra[offset + 2, 2] {
            if kind == 1 {
                var place = offset + 4
                var wide: [Int] = []
                for field in fields {
                    guard field == 0xFFFF_FFFF else {
                        wide.append(field)
                        continue
                    }
                    guard place + 8 <= offset + 4 + count, let value = extra[place, 8] else { return nil }
                    wide.append(value)
                    place += 8
                }
                return wide
            }
            offset += 4 + count
        }
        return nil
    }
}
