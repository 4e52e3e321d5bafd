// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Each part of `CameraAlteration` by itself, written for reading: one loop over the picture, in double precision. Tests hold
/// the fast way to it.
struct ReferenceAlteration {
    private let width: Int
    private let height: Int
    /// [height × width × 3], unrounded.
    private var samples: [Double]

    private init(_ picture: RGBPicture) {
        (width, height, samples) = (picture.width, picture.height, picture.pixels.map { Double($0) })
    }

    static func applied(_ alteration: CameraAlteration, to picture: RGBPicture) -> RGBPicture {
        var work = ReferenceAlteration(picture)
        work.contrast(by: Double(alteration.contrast))
        work.gamma(Double(alteration.gamma))
        work.gains(alteration)
        work.move(alteration)
        work.blur(deviation: alteration.blur * Double(min(work.width, work.height)) / 320)
        work.vignette(by: Double(alteration.vignette))
        work.saturation(by: Double(alteration.saturation))
        work.noise(deviation: Double(alteration.noise), seed: alteration.noiseSeed)
        let rounded = RGBPicture(
            width: work.width, height: work.height, pixels: work.samples.map { UInt8(max(0, min(255, $0)) + 0.5) })
        return alteration.jpegQuality.map { rounded.recompressed(quality: $0) } ?? rounded
    }

    /// Away from the mean luminance of the pixels that have a sample above 16; from 16 down to 0 in a straight line.
    private mutating func contrast(by factor: Double) {
        let lit = pixelStarts.filter { max(samples[$0], samples[$0 + 1], samples[$0 + 2]) > 16 }
        let sum = lit.reduce(0) { $0 + luminance(at: $1) }
        let mean = lit.isEmpty ? 0 : sum / Double(lit.count)
        func moved(_ sample: Double) -> Double { max(0, mean + factor * (sample - mean)) }
        if factor != 1 { samples = samples.map { $0 < 16 ? moved(16) * $0 / 16 : moved($0) } }
    }

    private mutating func gamma(_ exponent: Double) { samples = samples.map { 255 * pow($0 / 255, exponent) } }

    private mutating func gains(_ alteration: CameraAlteration) {
        let temperature = Double(alteration.temperature)
        let gains = [
            Double(alteration.redGain) * (1 + temperature), Double(alteration.greenGain),
            Double(alteration.blueGain) * (1 - temperature),
        ]
        for place in samples.indices {
            samples[place] = min(255, samples[place] * gains[place % 3] * Double(alteration.brightness))
        }
    }

    /// Each pixel asks where it was before: shift, stretch, turn, scale and flip are undone one after the other.
    private mutating func move(_ alteration: CameraAlteration) {
        let source = self
        let middle = (x: Double(width - 1) / 2, y: Double(height - 1) / 2)
        let radians = alteration.angle * Double.pi / 180
        let stretch = (1 + alteration.stretch).squareRoot()
        for start in pixelStarts {
            var x = Double(start / 3 % width) - middle.x - alteration.shiftAcross * Double(width)
            var y = Double(start / 3 / width) - middle.y - alteration.shiftDown * Double(height)
            (x, y) = (x / stretch, y * stretch)
            (x, y) = (cos(radians) * x - sin(radians) * y, sin(radians) * x + cos(radians) * y)
            (x, y) = (x / alteration.scale, y / alteration.scale)
            (x, y) = (alteration.isFlippedAcross ? -x : x, alteration.isFlippedDown ? -y : y)
            for channel in 0..<3 { samples[start + channel] = source.between(x + middle.x, y + middle.y, channel) }
        }
    }

    /// Bilinear; black beyond the frame.
    private func between(_ x: Double, _ y: Double, _ channel: Int) -> Double {
        var sum = 0.0
        for column in Int(floor(x))...Int(floor(x)) + 1 {
            for row in Int(floor(y))...Int(floor(y)) + 1 where 0..<width ~= column && 0..<height ~= row {
                let weight = (1 - abs(x - Double(column))) * (1 - abs(y - Double(row)))
                sum += weight * samples[3 * (row * width + column) + channel]
            }
        }
        return sum
    }

    /// In both directions at once; beyond the frame the outermost pixels go on.
    private mutating func blur(deviation: Double) {
        guard deviation > 0 else { return }
        let source = self
        let weights = GaussianWeights(deviation: deviation).oneSided
        let reach = -(weights.count - 1)...weights.count - 1
        for start in pixelStarts {
            for channel in 0..<3 {
                var sum = 0.0
                for down in reach {
                    for across in reach {
                        let x = max(0, min(width - 1, start / 3 % width + across))
                        let y = max(0, min(height - 1, start / 3 / width + down))
                        sum +=
                            weights[abs(across)] * weights[abs(down)] * source.samples[3 * (y * width + x) + channel]
                    }
                }
                samples[start + channel] = sum
            }
        }
    }

    /// With the square of the distance from the middle, up to half the shorter side.
    private mutating func vignette(by share: Double) {
        for place in samples.indices {
            let x = Double(place / 3 % width) - Double(width - 1) / 2
            let y = Double(place / 3 / width) - Double(height - 1) / 2
            let radius = Double(min(width, height)) / 2
            samples[place] *= 1 + share * min(1, (x * x + y * y) / (radius * radius))
        }
    }

    private mutating func saturation(by factor: Double) {
        for start in pixelStarts {
            let gray = luminance(at: start)
            for channel in 0..<3 { samples[start + channel] = gray + factor * (samples[start + channel] - gray) }
        }
    }

    /// Where the largest sample is below 16, in proportion less.
    private mutating func noise(deviation: Double, seed: UInt64) {
        var numbers = PixelNoise(seed: seed)
        for start in pixelStarts {
            let light = max(0, min(1, samples[start..<start + 3].max()! / 16))
            let number = numbers.next()
            for channel in 0..<3 { samples[start + channel] += deviation * light * Double(number[channel]) }
        }
    }

    private var pixelStarts: StrideTo<Int> { stride(from: 0, to: samples.count, by: 3) }

    private func luminance(at start: Int) -> Double {
        0.299 * samples[start] + 0.587 * samples[start + 1] + 0.114 * samples[start + 2]
    }
}
