// SPDX-License-Identifier: Apache-2.0
internal import Glibc

extension CameraAlteration {
    /// The same picture for the same alteration, always: its noise follows from its seed.
    package func applied(to picture: RGBPicture) -> RGBPicture {
        precondition(
            scale > 0 && stretch > -1 && gamma > 0 && blur >= 0 && noise >= 0, "an alteration that can be made")
        guard self != .none else { return picture }
        var altered = FloatPicture(picture, tones: tones(for: picture))
        if isMoving {
            altered = altered.resampled(along: AffinePath(self, width: picture.width, height: picture.height))
        }
        altered = altered.blurred(deviation: blur * Double(altered.shorterSide) / Self.blurSide)
        developPixels(of: &altered)
        guard let jpegQuality else { return altered.rounded }
        return altered.rounded.recompressed(quality: jpegQuality)
    }

    private var isMoving: Bool {
        isFlippedAcross || isFlippedDown || angle != 0 || scale != 1 || shiftAcross != 0 || shiftDown != 0
            || stretch != 0
    }

    // MARK: Tones, before anything else: a sample has 256 values only

    /// Below this level a sample counts as the dark around the field, and is moved in proportion to what is left above 0.
    static let darkLevel: Float = 16

    /// What becomes of each value in red, green and blue: contrast, gamma, gains, cut off at 255 as a sensor does.
    private func tones(for picture: RGBPicture) -> [SIMD4<Float>] {
        let level = contrast == 1 ? 0 : Self.meanLuminance(ofFieldIn: picture)
        let gains = SIMD4<Float>(redGain * (1 + temperature), greenGain, blueGain * (1 - temperature), 0) * brightness
        return (0...255).map { value in
            var tone = Float(value)
            if contrast != 1 {
                // Black stays black, or a lower contrast would light up the surround.
                let moved = max(0, level + contrast * (max(tone, Self.darkLevel) - level))
                tone = moved * min(tone / Self.darkLevel, 1)
            }
            if gamma != 1 { tone = 255 * pow(tone / 255, gamma) }
            return FloatPicture.cutOff(tone * gains)
        }
    }

    /// The mean over all pixels that have a sample above the dark level.
    static func meanLuminance(ofFieldIn picture: RGBPicture) -> Float {
        let samples = picture.pixels.span
        var (sum, count) = (0, 0)
        for place in stride(from: 0, to: samples.count, by: 3) {
            let (red, green, blue) = (Int(samples[place]), Int(samples[place + 1]), Int(samples[place + 2]))
            guard max(red, green, blue) > Int(darkLevel) else { continue }
            sum += 299 * red + 587 * green + 114 * blue
            count += 1
        }
        return Float(Double(sum) / Double(1000 * max(count, 1)))
    }

    // MARK: Vignette, saturation and noise, in one pass

    private func developPixels(of picture: inout FloatPicture) {
        guard vignette != 0 || saturation != 1 || noise != 0 else { return }
        var pixelNoise = PixelNoise(seed: noiseSeed)
        let (middleX, middleY) = (Float(picture.width - 1) / 2, Float(picture.height - 1) / 2)
        let unit = 4 / Float(picture.shorterSide * picture.shorterSide)
        for y in 0..<picture.height {
            let down = (Float(y) - middleY) * (Float(y) - middleY)
            for x in 0..<picture.width {
                let place = y * picture.width + x
                let across = (Float(x) - middleX) * (Float(x) - middleX)
                var pixel = picture.pixels[place] * (1 + vignette * min(1, (across + down) * unit))
                if saturation != 1 {
                    let gray = FloatPicture.luminance(pixel)
                    pixel = gray + saturation * (pixel - gray)
                }
                if noise != 0 {
                    // Cameras blacken the surround of the field, its noise too.
                    let light = min(max(pixel.x, pixel.y, pixel.z) / Self.darkLevel, 1)
                    pixel += noise * max(light, 0) * pixelNoise.next()
                }
                picture.pixels[place] = pixel
            }
        }
    }
}

extension RGBPicture {
    /// Written and read as JPEG, with a quarter of the color samples as cameras do.
    func recompressed(quality: Int) -> RGBPicture {
        do throws(DecodeFailure) {
            let file = try JPEGEncoder.encode(self, quality: quality)
            return try JPEGDecoder.decode(file, maximumPixels: width * height).picture
        } catch {
            // Our own file is whole; what is left is memory, for want of which Swift's arrays end the process as well.
            fatalError("a picture of \(width) × \(height) can't be compressed: \(error.message)")
        }
    }
}
