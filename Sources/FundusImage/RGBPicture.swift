/// A decoded picture: interleaved RGB, 8 bits a sample, rows from the top.
package struct RGBPicture: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// [height × width × 3]
    package let pixels: [UInt8]

    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        precondition(pixels.count == width * height * 3, "three samples a pixel")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
