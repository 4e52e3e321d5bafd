// SPDX-License-Identifier: Apache-2.0
/// Whether the bytes of a JPEG go on to its end-of-image marker: without decoding, by the markers alone.
package enum JPEGEnd {
    /// True where the bytes are what a file looks like while it is still being written: the beginning of a JPEG without its
    /// end, nothing yet, or zeros only (room that was reserved).
    ///
    /// A whole file may be followed by anything. What lies in a segment (a thumbnail, a comment) is skipped by its length, as
    /// by any decoder (ITU-T T.81, annex B).
    package static func isMissing(in bytes: [UInt8]) -> Bool {
        let start: [UInt8] = [0xFF, 0xD8, 0xFF]
        guard bytes.count >= start.count else { return bytes.elementsEqual(start.prefix(bytes.count)) }
        guard bytes.starts(with: start) else { return bytes.allSatisfy { $0 == 0 } }
        return !reachesEnd(bytes.span)
    }

    private static let endOfImage: UInt8 = 0xD9

    private static func reachesEnd(_ bytes: Span<UInt8>) -> Bool {
        var place = 2
        while let marker = nextMarker(in: bytes, from: &place) {
            if marker == endOfImage { return true }
            if standsAlone(marker) { continue }
            guard place + 2 <= bytes.count else { return false }
            place += max(2, Int(bytes[place]) << 8 | Int(bytes[place + 1]))
        }
        return false
    }

    /// The next marker's second byte, and `place` behind it. Coded data before it are passed over: there, a byte of 255 is
    /// followed by a 0, by another 255, or by a restart marker.
    private static func nextMarker(in bytes: Span<UInt8>, from place: inout Int) -> UInt8? {
        while place + 1 < bytes.count {
            if bytes[place] == 0xFF, bytes[place + 1] != 0, bytes[place + 1] != 0xFF {
                defer { place += 2 }
                return bytes[place + 1]
            }
            place += 1
        }
        return nil
    }

    /// Restart markers, the start of an image, and TEM have no segment.
    private static func standsAlone(_ marker: UInt8) -> Bool { 0xD0...0xD8 ~= marker || marker == 0x01 }
}
