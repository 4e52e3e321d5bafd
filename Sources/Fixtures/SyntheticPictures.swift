// SPDX-License-Identifier: Apache-2.0
package import FundusImage

/// Pictures and files that must not be judged, or that are odd but must: rows for the tests' tables.
package enum SyntheticPictures {
    /// A JPEG of ordinary settings.
    package static func encode(
        _ picture: RGBPicture, quality: Int = 90, colors: JPEGEncoder.Colors = .yCbCr(.quarter),
        isProgressive: Bool = false, restartRows: Int = 0
    ) -> [UInt8] {
        do throws(DecodeFailure) {
            return try JPEGEncoder.encode(
                picture, quality: quality, colors: colors, isProgressive: isProgressive,
                restartRows: restartRows)
        } catch {
            fatalError("a test picture can't be encoded: \(error.message)")
        }
    }

    // Eyes that cannot be judged.

    package static func tooDark() -> RGBPicture { mapEye { $0 / 8 } }

    package static func tooBright() -> RGBPicture { mapEye { $0 < 20 ? $0 : min($0 * 8, 255) } }

    /// Blurred as a whole, the border of the field included.
    package static func blurred() -> RGBPicture {
        let eye = SyntheticEye(seed: 3, width: 256, height: 256).picture
        return (0..<3).reduce(eye) { picture, _ in boxBlurred(picture, radius: 7) }
    }

    // Pictures with no retina.

    package static func solid(red: UInt8, green: UInt8, blue: UInt8) -> RGBPicture {
        draw { _, _ in [red, green, blue] }
    }

    package static func noise(seed: UInt64 = 5) -> RGBPicture {
        var generator = SeededGenerator(seed: seed)
        return draw { _, _ in (0..<3).map { _ in UInt8.random(in: 0...255, using: &generator) } }
    }

    /// Black marks in lines on white.
    package static func textPage(seed: UInt64 = 6) -> RGBPicture {
        var generator = SeededGenerator(seed: seed)
        return draw { x, y in
            let isInk = y % 12 < 7 && x % 7 < 5 && Bool.random(using: &generator)
            return [UInt8](repeating: isInk ? 20 : 245, count: 3)
        }
    }

    /// Sky above, a wavy horizon, meadow below.
    package static func landscape(seed: UInt64 = 8) -> RGBPicture {
        var generator = SeededGenerator(seed: seed)
        return draw { x, y in
            let horizon = 120 + (x % 64 < 32 ? x % 32 : 32 - x % 32)
            let grain = UInt8.random(in: 0...40, using: &generator)
            return y < horizon ? [110, 160, 250 - grain / 4] : [60 + grain, 130 + grain, 40]
        }
    }

    /// A warm picture between black bars: lit like a field, but a rectangle.
    package static func letterboxed() -> RGBPicture {
        draw { x, y in (40..<216).contains(y) ? [180, UInt8(80 + x % 40), 50] : [0, 0, 0] }
    }

    // Files.

    package static func truncated() -> [UInt8] {
        Array(SyntheticEye(seed: 9, width: 96, height: 96).jpeg().dropLast(400))
    }

    package static func text() -> [UInt8] { Array("This is not a photograph.\n".utf8) }

    /// The first bytes of a PNG: signature and header chunk.
    package static func png() -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + [0, 0, 0, 1, 0, 0, 0, 1]
    }

    /// A small file whose header promises `width` × `height` pixels.
    package static func promising(width: Int, height: Int) -> [UInt8] {
        precondition((1...65535).contains(width) && (1...65535).contains(height), "a JPEG's sides have 16 bits")
        var bytes = encode(solid(red: 90, green: 60, blue: 30))
        let frame = zip(bytes.indices, zip(bytes, bytes.dropFirst())).first { $1 == (0xFF, 0xC0) }
        guard let offset = frame?.0 else { return bytes }
        // After the marker: length (2), precision (1), height (2), width (2).
        bytes[offset + 5] = UInt8(height >> 8)
        bytes[offset + 6] = UInt8(height & 0xFF)
        bytes[offset + 7] = UInt8(width >> 8)
        bytes[offset + 8] = UInt8(width & 0xFF)
        return bytes
    }

    package static func onePixel() -> [UInt8] {
        encode(RGBPicture(width: 1, height: 1, pixels: [200, 100, 50]))
    }

    private static func draw(_ color: (Int, Int) -> [UInt8]) -> RGBPicture {
        let side = 256
        var pixels: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side { pixels += color(x, y) }
        }
        return RGBPicture(width: side, height: side, pixels: pixels)
    }

    private static func mapEye(_ sample: (Int) -> Int) -> RGBPicture {
        let eye = SyntheticEye(seed: 2, width: 256, height: 256).picture
        return RGBPicture(width: 256, height: 256, pixels: eye.pixels.map { UInt8(sample(Int($0))) })
    }

    private static func boxBlurred(_ picture: RGBPicture, radius: Int) -> RGBPicture {
        let (width, height) = (picture.width, picture.height)
        func pass(_ pixels: [UInt8], _ neighbor: (_ x: Int, _ y: Int, _ shift: Int) -> Int) -> [UInt8] {
            pixels.indices.map { i in
                let (x, y) = (i / 3 % width, i / 3 / width)
                let sum = (-radius...radius).reduce(0) { $0 + Int(pixels[neighbor(x, y, $1) * 3 + i % 3]) }
                return UInt8(sum / (2 * radius + 1))
            }
        }
        let across = pass(picture.pixels) { x, y, shift in y * width + min(max(x + shift, 0), width - 1) }
        let down = pass(across) { x, y, shift in min(max(y + shift, 0), height - 1) * width + x }
        return RGBPicture(width: width, height: height, pixels: down)
    }
}
