// SPDX-License-Identifier: Apache-2.0
extension ZipArchive {
    private static let endCount = 22
    private static let locatorCount = 20

    /// Finds the central directory from the record at the archive's end.
    static func directoryRange(_ source: ByteSource) throws(ModelFailure) -> Range<Int> {
        let tailCount = min(source.count, endCount + 0xFFFF)
        let tailStart = source.count - tailCount
        let tail = LittleEndian(try source.bytes(at: tailStart, count: tailCount))
        guard let end = lastEndRecord(tail) else { throw damaged(source.path, "it has no zip directory") }
        guard tail[end + 4, 2] == 0, let count = tail[end + 12, 4], let offset = tail[end + 16, 4] else {
            throw damaged(source.path, "it is a part of a divided archive")
        }
        let isWide = offset == 0xFFFF_FFFF || count == 0xFFFF_FFFF || tail[end + 10, 2] == 0xFFFF
        let range = isWide ? try wideRange(source, locatorAt: tailStart + end - locatorCount) : (offset, count)
        guard range.0 <= source.count, range.1 <= source.count - range.0, range.1 <= largestDirectory else {
            throw damaged(source.path, "its directory of \(range.1) bytes at \(range.0) lies outside the file")
        }
        return range.0..<range.0 + range.1
    }

    /// The last place where the end record's signature stands and its comment reaches exactly to the end.
    private static func lastEndRecord(_ tail: LittleEndian) -> Int? {
        stride(from: tail.count - endCount, through: 0, by: -1).first { place in
            tail[place, 4] == 0x0605_4B50 && tail[place + 20, 2] == tail.count - place - endCount
        }
    }

    private static func wideRange(
        _ source: ByteSource, locatorAt place: Int
    ) throws(ModelFailure) -> (offset: Int, count: Int) {
        let locator = LittleEndian(try source.bytes(at: place, count: locatorCount))
        guard locator[0, 4] == 0x0706_4B50, let recordAt = locator[8, 8] else {
            throw damaged(source.path, "its zip64 locator is damaged")
        }
        let record = LittleEndian(try source.bytes(at: recordAt, count: 56))
        guard record[0, 4] == 0x0606_4B50, let count = record[40, 8], let offset = record[48, 8] else {
            throw damaged(source.path, "its zip64 record is damaged")
        }
        return (offset, count)
    }
}

/// Bytes as little-endian unsigned numbers; nil outside, or where a number is beyond Int.
struct LittleEndian {
    private let values: [UInt8]

    init(_ values: [UInt8]) { self.values = values }

    var count: Int { values.count }

    subscript(offset: Int, width: Int) -> Int? {
        guard let slice = bytes(at: offset, count: width) else { return nil }
        return Int(exactly: slice.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    func bytes(at offset: Int, count wanted: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, wanted >= 0, wanted <= count, offset <= count - wanted else { return nil }
        return values[offset..<offset + wanted]
    }
}
