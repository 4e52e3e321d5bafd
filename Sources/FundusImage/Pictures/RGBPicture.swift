// SPDX-License-Identifier: Apache-2.0
/// A decoded picture: interleaved RGB, 8 bits a sample, rows from the top.
package struct RGBPicture: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// [height × width × 3]
    package let pixels: [UInt8]

    /// - Parameter pixels: [height × width × 3], rows from the top.
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        precondition(pixels.count == width * height * 3, "three samples a pixel")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A part that lies within the picture.
    func cut(to part: PictureRectangle) -> RGBPicture {
        var samples: [UInt8] = []
        samples.reserveCapacity(3 * part.width * part.height)
        for row in part.y..<part.y + part.height {
            let start = 3 * (row * width + part.x)
            samples += pixels[start..<start + 3 * part.width]
        }
        return RGBPicture(width: part.width, height: part.height, pixels: samples)
    }
}
