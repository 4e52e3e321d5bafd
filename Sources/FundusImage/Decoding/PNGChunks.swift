// SPDX-License-Identifier: Apache-2.0
/// The pieces that a PNG is made of: length, name, content, checksum (PNG, third edition, 5.3). Looks at no checksum.
enum PNGChunks {
    private static let signatureLength = 8
    /// Length, name and checksum.
    private static let frameLength = 12

    /// The content of the first chunk of a name, such as eXIf, which may stand before the pixels or behind them.
    static func first(_ name: String, in png: [UInt8]) -> ArraySlice<UInt8>? {
        var place = signatureLength
        while place <= png.count - frameLength {
            let length = png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= png.count - frameLength - place else { return nil }
            let start = place + 8
            if png[place + 4..<start].elementsEqual(name.utf8) { return png[start..<start + length] }
            place += frameLength + length
        }
        return nil
    }
}
