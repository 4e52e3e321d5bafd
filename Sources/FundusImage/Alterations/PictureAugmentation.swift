// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// How a training picture is altered, so that a network learns the eye and not the photograph.
///
/// The meaning of every step, to the pixel, is Pillow's (version 13), as torchvision's transforms use it on pictures:
/// `RandomHorizontalFlip`, `RandomRotation(10)`, `ColorJitter(brightness=0.1, contrast=0.1)`, in this order. torchvision
/// draws which of brightness and contrast comes first; here brightness always does.
package struct PictureAugmentation: Sendable, Hashable {
    package let isFlipped: Bool
    /// Degrees, counterclockwise.
    package let angle: Double
    /// Factors; 1 changes nothing.
    package let brightness: Float
    package let contrast: Float

    package init(isFlipped: Bool, angle: Double, brightness: Float, contrast: Float) {
        self.isFlipped = isFlipped
        self.angle = angle
        self.brightness = brightness
        self.contrast = contrast
    }

    /// Changes nothing.
    package static let none = PictureAugmentation(isFlipped: false, angle: 0, brightness: 1, contrast: 1)

    private static let largestAngle = 10.0
    private static let largestChange = 0.1

    /// Draws each part: a flip in half of the cases, all else evenly from its range; four numbers of the generator.
    package static func drawn(using generator: inout some RandomNumberGenerator) -> PictureAugmentation {
        let isFlipped = generator.next() >> 63 == 1
        let angle = even(largestAngle, &generator)
        let brightness = Float(1 + even(largestChange, &generator))
        let contrast = Float(1 + even(largestChange, &generator))
        return PictureAugmentation(isFlipped: isFlipped, angle: angle, brightness: brightness, contrast: contrast)
    }

    /// In −bound ..< bound, from the upper 53 bits: the standard library's draw may change with its version.
    private static func even(_ bound: Double, _ generator: inout some RandomNumberGenerator) -> Double {
        (2 * Double(generator.next() >> 11) * 0x1p-53 - 1) * bound
    }

    /// The picture flipped, rotated, lightened and contrasted, in this order, at its own size.
    package func applied(to picture: RGBPicture) -> RGBPicture {
        guard self != .none else { return picture }
        var pixels = picture.pixels
        if isFlipped || angle != 0 { pixels = moved(picture) }
        if brightness != 1 { blend(&pixels, from: 0, by: brightness) }
        if contrast != 1 { blend(&pixels, from: Self.meanLuminance(pixels), by: contrast) }
        return RGBPicture(width: picture.width, height: picture.height, pixels: pixels)
    }
}

extension PictureAugmentation {
    /// Flipped, then turned about its center; the nearest pixel, black where there is none.
    ///
    /// In steps of 1/65536 pixel, as Pillow goes through a picture.
    private func moved(_ picture: RGBPicture) -> [UInt8] {
        let (width, height) = (picture.width, picture.height)
        let source = picture.pixels
        let path = RotationPath(angle: angle, width: width, height: height)
        var pixels = [UInt8](repeating: 0, count: source.count)
        for y in 0..<height {
            var (across, down) = path.start(ofRow: y)
            for x in 0..<width {
                let (sourceX, sourceY) = (across >> 16, down >> 16)
                across += path.right.across
                down += path.right.down
                guard 0..<width ~= sourceX, 0..<height ~= sourceY else { continue }
                let from = 3 * (sourceY * width + (isFlipped ? width - 1 - sourceX : sourceX))
                let to = 3 * (y * width + x)
                pixels[to] = source[from]
                pixels[to + 1] = source[from + 1]
                pixels[to + 2] = source[from + 2]
            }
        }
        return pixels
    }

    /// Every sample moved from a gray level away by a factor: Pillow's `Image.blend`, in float, cut off to whole numbers.
    private func blend(_ samples: inout [UInt8], from level: Float, by factor: Float) {
        // A sample has 256 values only.
        let table = (0...255).map { UInt8(max(0, min(255, level + factor * (Float($0) - level)))) }
        for place in samples.indices { samples[place] = table[Int(samples[place])] }
    }

    /// The mean gray level, rounded; a pixel's is Rec. 601 luminance in Pillow's whole numbers.
    private static func meanLuminance(_ pixels: [UInt8]) -> Float {
        var sum = 0
        for place in stride(from: 0, to: pixels.count, by: 3) {
            let (red, green, blue) = (Int(pixels[place]), Int(pixels[place + 1]), Int(pixels[place + 2]))
            sum += (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
        }
        return Float(Int(Double(sum) / Double(pixels.count / 3) + 0.5))
    }
}

/// Where in the source each pixel of a turned picture comes from, in 1/65536 pixel.
private struct RotationPath {
    private let origin: (across: Int, down: Int)
    let right: (across: Int, down: Int)
    private let below: (across: Int, down: Int)

    init(angle: Double, width: Int, height: Int) {
        let radians = -(angle * (Double.pi / 180))
        let (cosine, sine) = (Self.rounded(cos(radians)), Self.rounded(sin(radians)))
        let (centerX, centerY) = (Double(width) / 2, Double(height) / 2)
        let shiftX = cosine * -centerX + sine * -centerY + 0 + centerX
        let shiftY = -sine * -centerX + cosine * -centerY + 0 + centerY
        right = (Self.fixed(cosine), Self.fixed(-sine))
        below = (Self.fixed(sine), Self.fixed(cosine))
        // From the middle of the first pixel.
        origin = (
            Self.fixed(shiftX + cosine * 0.5 + sine * 0.5), Self.fixed(shiftY + -sine * 0.5 + cosine * 0.5)
        )
    }

    func start(ofRow row: Int) -> (across: Int, down: Int) {
        (origin.across + row * below.across, origin.down + row * below.down)
    }

    /// To 15 decimals.
    private static func rounded(_ value: Double) -> Double { (value * 1e15).rounded(.toNearestOrEven) / 1e15 }

    private static func fixed(_ value: Double) -> Int { Int((value * 65536 + 0.5).rounded(.down)) }
}
