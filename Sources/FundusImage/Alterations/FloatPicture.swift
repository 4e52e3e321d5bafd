// SPDX-License-Identifier: Apache-2.0
/// A picture to calculate with: red, green and blue of each pixel on the scale 0…255, unrounded; the fourth lane is 0.
struct FloatPicture: Sendable {
    let width: Int
    let height: Int
    /// [height × width]
    var pixels: [SIMD4<Float>]

    init(width: Int, height: Int, pixels: [SIMD4<Float>]) {
        precondition(pixels.count == width * height, "one vector a pixel")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// - Parameter tones: what becomes of each of the 256 values in red, green and blue.
    init(_ picture: RGBPicture, tones: [SIMD4<Float>] = Self.unchangedTones) {
        let samples = picture.pixels.span
        var pixels = [SIMD4<Float>](repeating: .zero, count: picture.width * picture.height)
        for place in pixels.indices {
            pixels[place] = SIMD4(
                tones[Int(samples[3 * place])].x, tones[Int(samples[3 * place + 1])].y,
                tones[Int(samples[3 * place + 2])].z, 0)
        }
        self.init(width: picture.width, height: picture.height, pixels: pixels)
    }

    private static let unchangedTones = (0...255).map { SIMD4<Float>(Float($0), Float($0), Float($0), 0) }

    var shorterSide: Int { min(width, height) }

    /// Cut off at 0 and 255, rounded half up.
    var rounded: RGBPicture {
        var samples = [UInt8](repeating: 0, count: 3 * pixels.count)
        for place in pixels.indices {
            let pixel = Self.cutOff(pixels[place])
            samples[3 * place] = UInt8(pixel.x + 0.5)
            samples[3 * place + 1] = UInt8(pixel.y + 0.5)
            samples[3 * place + 2] = UInt8(pixel.z + 0.5)
        }
        return RGBPicture(width: width, height: height, pixels: samples)
    }

    static func cutOff(_ pixel: SIMD4<Float>) -> SIMD4<Float> {
        pixel.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
    }

    /// Rec. 601 luminance.
    static func luminance(_ pixel: SIMD4<Float>) -> Float { 0.299 * pixel.x + 0.587 * pixel.y + 0.114 * pixel.z }
}
