// SPDX-License-Identifier: Apache-2.0
package import FundusImage

/// PNG files, whole and otherwise: written chunk by chunk, their pixels stored and not deflated (RFC 1951, 3.2.4).
package enum SyntheticPNG {
    /// 8 bits of red, green and blue.
    package static func encode(_ picture: RGBPicture, chunks: [(name: String, content: [UInt8])] = []) -> [UInt8] {
        var rows: [UInt8] = []
        for y in 0..<picture.height {
            // Each row says by what filter it is coded: none.
            rows += [0] + picture.pixels[3 * picture.width * y..<3 * picture.width * (y + 1)]
        }
        let header = bytes(of: UInt32(picture.width)) + bytes(of: UInt32(picture.height)) + [8, 2, 0, 0, 0]
        let others = chunks.flatMap { chunk($0.name, $0.content) }
        return signature + chunk("IHDR", header) + others + chunk("IDAT", stored(rows)) + chunk("IEND", [])
    }

    /// A drawn eye.
    package static func eye(seed: UInt64, side: Int, lesionCount: Int = 0) -> [UInt8] {
        encode(SyntheticEye(seed: seed, width: side, height: side, lesionCount: lesionCount).picture)
    }

    /// A small file whose header promises `width` × `height` pixels of red, green and blue, perhaps interlaced.
    package static func promising(width: UInt32, height: UInt32, isInterlaced: Bool = false) -> [UInt8] {
        let header = bytes(of: width) + bytes(of: height) + [8, 2, 0, 0, isInterlaced ? 1 : 0]
        return signature + chunk("IHDR", header) + chunk("IDAT", stored([0, 1, 2, 3])) + chunk("IEND", [])
    }

    /// Corrects the checksums of all whole chunks: so a reader gets to see what damaged them.
    package static func withRightChecksums(_ png: [UInt8]) -> [UInt8] {
        var repaired = png
        var place = signature.count
        while place + 12 <= png.count {
            let length = png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = place + 8 + length
            guard end + 4 <= png.count else { break }
            repaired.replaceSubrange(end..<end + 4, with: bytes(of: checksum(png[place + 4..<end])))
            place = end + 4
        }
        return repaired
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    package static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + content
        return bytes(of: UInt32(content.count)) + named + bytes(of: checksum(named[...]))
    }

    /// Blocks of up to 65535 bytes in a zlib stream (RFC 1950).
    private static func stored(_ content: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: content.count, by: 65535) {
            let block = content[start..<min(start + 65535, content.count)]
            let length = UInt16(block.count)
            stream += [start + block.count == content.count ? 1 : 0]
            stream += [length, ~length].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] } + block
        }
        return stream + bytes(of: sum(content))
    }

    /// Adler-32.
    private static func sum(_ content: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in content {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }

    /// CRC-32 (PNG, annex D).
    private static func checksum(_ content: ArraySlice<UInt8>) -> UInt32 {
        ~content.reduce(UInt32.max) { checksum, byte in
            (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }

    private static func bytes(of number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
