// SPDX-License-Identifier: Apache-2.0
/// How a picture asks to be turned before it is shown: EXIF's Orientation (CIPA DC-008-2019, 4.6.4, tag 0x0112).
///
/// Cameras store what their sensor saw; every viewer turns it, and so must whoever shows a place in it.
package enum Orientation: Int, CaseIterable, Sendable {
    case upright = 1
    case mirrored = 2
    case upsideDown = 3
    case mirroredUpsideDown = 4
    /// Mirrored along the diagonal from the top left.
    case transposed = 5
    /// To be turned to the right by a quarter.
    case quarterRight = 6
    /// Mirrored along the other diagonal.
    case transversed = 7
    case quarterLeft = 8

    /// Whether width and height change places.
    package var swapsSides: Bool { rawValue >= Orientation.transposed.rawValue }

    /// A size as it is stored, as it is shown.
    func size(_ stored: (width: Int, height: Int)) -> (width: Int, height: Int) {
        swapsSides ? (stored.height, stored.width) : stored
    }

    /// Where the pixel that is shown at (x, y) is stored, in a picture of that stored size.
    private func source(_ x: Int, _ y: Int, _ stored: (width: Int, height: Int)) -> (x: Int, y: Int) {
        let (right, bottom) = (stored.width - 1, stored.height - 1)
        return switch self {
        case .upright: (x, y)
        case .mirrored: (right - x, y)
        case .upsideDown: (right - x, bottom - y)
        case .mirroredUpsideDown: (x, bottom - y)
        case .transposed: (y, x)
        case .quarterRight: (y, bottom - x)
        case .transversed: (right - y, bottom - x)
        case .quarterLeft: (right - y, x)
        }
    }

    /// A stored picture as it is shown.
    package func shown(_ picture: RGBPicture) -> RGBPicture {
        if self == .upright { return picture }
        let stored = (picture.width, picture.height)
        let size = size(stored)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(picture.pixels.count)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let place = source(x, y, stored)
                let start = 3 * (place.y * picture.width + place.x)
                pixels += picture.pixels[start..<start + 3]
            }
        }
        return RGBPicture(width: size.width, height: size.height, pixels: pixels)
    }

    /// A part of a stored picture of that size, where it lies in what is shown.
    package func shown(_ part: PictureRectangle, of stored: (width: Int, height: Int)) -> PictureRectangle {
        let (right, bottom) = (stored.width - part.x - part.width, stored.height - part.y - part.height)
        let (x, y) =
            switch self {
            case .upright: (part.x, part.y)
            case .mirrored: (right, part.y)
            case .upsideDown: (right, bottom)
            case .mirroredUpsideDown: (part.x, bottom)
            case .transposed: (part.y, part.x)
            case .quarterRight: (bottom, part.x)
            case .transversed: (bottom, right)
            case .quarterLeft: (part.y, right)
            }
        let size = size((part.width, part.height))
        return PictureRectangle(x: x, y: y, width: size.width, height: size.height)
    }
}

extension Orientation {
    /// What a JPEG's EXIF segment or a PNG's eXIf chunk asks for; `upright` where there is none, or none that can be read.
    package init(of photograph: [UInt8]) {
        let exif =
            FileMagic.isPNG(photograph) ? PNGChunks.first("eXIf", in: photograph) : Self.exif(in: photograph)
        self = exif.flatMap(Self.value).flatMap(Orientation.init(rawValue:)) ?? .upright
    }

    /// The TIFF structure in the first APP1 segment that begins with "Exif": segments come before the first scan.
    private static func exif(in jpeg: [UInt8]) -> ArraySlice<UInt8>? {
        var place = 2
        while place + 4 <= jpeg.count, jpeg[place] == 0xFF {
            let marker = jpeg[place + 1]
            // Filling bytes; then what has no length, or ends the header.
            if marker == 0xFF {
                place += 1
                continue
            }
            let length = Int(jpeg[place + 2]) << 8 | Int(jpeg[place + 3])
            if marker == 0xDA || length < 2 || place + 2 + length > jpeg.count { return nil }
            let content = jpeg[place + 4..<place + 2 + length]
            if marker == 0xE1, content.starts(with: Array("Exif\0\0".utf8)) { return content.dropFirst(6) }
            place += 2 + length
        }
        return nil
    }

    private static let tag = 0x0112
    private static let short = 3

    /// The tag's value in the first directory. Offsets count from the TIFF structure's own first byte.
    private static func value(in exif: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(exif)
        let isLittleEndian: Bool
        switch bytes.prefix(4) {
        case [0x49, 0x49, 42, 0]: isLittleEndian = true
        case [0x4D, 0x4D, 0, 42]: isLittleEndian = false
        default: return nil
        }
        func number(_ count: Int, at place: Int) -> Int? {
            guard place >= 0, place <= bytes.count - count else { return nil }
            let part = bytes[place..<place + count]
            return (isLittleEndian ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(4, at: 4), let entries = number(2, at: directory) else { return nil }
        for entry in 0..<entries {
            let place = directory + 2 + 12 * entry
            guard let found = number(2, at: place) else { return nil }
            if found == tag { return number(2, at: place + 2) == short ? number(2, at: place + 8) : nil }
        }
        return nil
    }
}
