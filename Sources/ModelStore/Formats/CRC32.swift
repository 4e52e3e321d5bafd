// SPDX-License-Identifier: Apache-2.0
/// The check sum of zip archives: polynomial 0xEDB88320, reflected (APPNOTE.TXT 4.4.7, ISO 3309).
enum CRC32 {
    /// Eight tables, so that eight bytes are taken a step (“slicing-by-8”, Kounavis and Berry, 2005).
    private static let tables: [[UInt32]] = {
        var tables = [(0..<256).map { byte in (0..<8).reduce(UInt32(byte)) { crc, _ in shifted(crc) } }]
        for level in 1..<8 {
            let before = tables[level - 1]
            tables.append(before.map { $0 >> 8 ^ tables[0][Int($0 & 255)] })
        }
        return tables
    }()

    private static func shifted(_ crc: UInt32) -> UInt32 { crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        let tables = tables
        var crc: UInt32 = 0xFFFF_FFFF
        let whole = bytes.count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            var next: UInt32 = 0
            for place in 0..<8 {
                let mask = place < 4 ? UInt8(truncatingIfNeeded: crc >> (8 * place)) : 0
                next ^= tables[7 - place][Int(bytes[start + place] ^ mask)]
            }
            crc = next
        }
        for byte in bytes[whole...] { crc = crc >> 8 ^ tables[0][Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
        return ~crc
    }
}
