// SPDX-License-Identifier: Apache-2.0
/// Names a file's kind by its first bytes, for the person who named a PNG "eye.jpg".
enum FileMagic {
    /// Whether the bytes begin as a JPEG does (start-of-image marker), or are too few to say no.
    static func isJPEG(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: startOfImage) || startOfImage.starts(with: bytes)
    }

    /// The rest of PNG's signature tells whether a transfer has changed line ends: libpng looks at it.
    static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: startOfPNG) }

    static let png = "a PNG picture"
    static let dicom = "a DICOM object"

    /// A noun with its article, such as "a PNG picture".
    static func appearance(of bytes: [UInt8]) -> String {
        if let known = table.first(where: { matches(bytes, $0.magic, at: $0.offset) }) { return known.appearance }
        return isText(bytes.prefix(512)) ? "text" : "data of no known kind"
    }

    private static let startOfImage: [UInt8] = [0xFF, 0xD8]
    private static let startOfPNG: [UInt8] = [0x89, 0x50, 0x4E, 0x47]

    /// First match wins. Source: the "magic" database of file(1).
    private static let table: [(offset: Int, magic: [UInt8], appearance: String)] = [
        (0, startOfPNG, png),
        (0, Array("GIF8".utf8), "a GIF picture"),
        (0, Array("BM".utf8), "a BMP picture"),
        (0, [0x49, 0x49, 0x2A, 0x00], "a TIFF picture"),
        (0, [0x4D, 0x4D, 0x00, 0x2A], "a TIFF picture"),
        (8, Array("WEBP".utf8), "a WebP picture"),
        (4, Array("ftyphei".utf8), "a HEIC picture"),
        (4, Array("ftypmif1".utf8), "a HEIC picture"),
        (4, Array("ftypavif".utf8), "an AVIF picture"),
        (4, Array("ftyp".utf8), "a film"),
        (0, [0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50], "a JPEG 2000 picture"),
        (0, [0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000 picture"),
        (0, [0xFF, 0x0A], "a JPEG XL picture"),
        (128, Array("DICM".utf8), dicom),
        (0, Array("%PDF".utf8), "a PDF document"),
        (0, [0x50, 0x4B, 0x03, 0x04], "a ZIP archive"),
        (0, [0x1F, 0x8B], "a gzip archive"),
    ]

    private static func matches(_ bytes: [UInt8], _ magic: [UInt8], at offset: Int) -> Bool {
        bytes.dropFirst(offset).starts(with: magic)
    }

    private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
    }
}
