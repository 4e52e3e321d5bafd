// SPDX-License-Identifier: Apache-2.0
internal import FundusImage

/// A picture to measure with where no photograph is at hand: a bright disc with fine detail on black.
enum SyntheticFundus {
    /// - Parameter side: width and height in pixels.
    static func jpeg(side: Int) throws -> [UInt8] {
        try JPEGEncoder.encode(RGBPicture(width: side, height: side, pixels: pixels(side)), quality: 90)
    }

    private static func pixels(_ side: Int) -> [UInt8] {
        var pixels = [UInt8](repeating: 0, count: 3 * side * side)
        let radius = side / 2
        for y in 0..<side {
            for x in 0..<side where (x - radius) * (x - radius) + (y - radius) * (y - radius) < radius * radius {
                // Multiplying by odd constants and keeping middle bits scatters well enough for texture.
                let texture = UInt8(truncatingIfNeeded: (x &* 2_654_435_761 &+ y &* 2_246_822_519) >> 15) & 15
                let offset = 3 * (y * side + x)
                pixels[offset] = 180 + texture
                pixels[offset + 1] = 90 + texture
                pixels[offset + 2] = 40 + texture
            }
        }
        return pixels
    }
}
