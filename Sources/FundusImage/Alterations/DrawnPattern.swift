// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What is not even an eye: patterns drawn by chance. Half of them fill the frame, half stand in a disc on black as a
/// field does.
struct DrawnPattern {
    private let kind: PictureDamage.Kind
    private let isRound: Bool
    /// What it has of colors, lengths and places.
    private let one: SIMD4<Float>
    private let other: SIMD4<Float>
    private let direction: SIMD2<Float>
    private let frequency: Float
    private let seed: UInt64

    init(_ kind: PictureDamage.Kind, using chance: inout SeededBits) {
        self.kind = kind
        isRound = chance.isTrue(withProbability: 0.5) || kind == .warmDisc
        one = Self.color(&chance)
        other = Self.distinct(Self.color(&chance), from: one)
        let angle = chance.value(in: 0...Float(2 * Double.pi))
        direction = SIMD2(cos(angle), sin(angle))
        frequency = chance.value(in: Float(2)...16)
        seed = chance.next()
    }

    func drawn(width: Int, height: Int) -> FloatPicture {
        var chance = SeededBits(seed: seed)
        var picture = FloatPicture(
            width: width, height: height, pixels: [SIMD4<Float>](repeating: one, count: width * height))
        switch kind {
        case .gradient: drawGradient(on: &picture)
        case .rectangles: drawRectangles(on: &picture, &chance)
        case .marks: drawMarks(on: &picture, &chance)
        case .grain: drawGrain(on: &picture, &chance)
        case .stripes: drawStripes(on: &picture)
        case .warmDisc: drawWarmDisc(on: &picture, &chance)
        default: break
        }
        picture.addNoise(
            deviation: chance.value(in: Float(0)...4), seed: chance.next(),
            where: [Float](repeating: 1, count: width * height))
        if isRound { picture.cutRound() }
        return picture
    }

    /// Half of them as a retina might have it: the color alone must not tell.
    private static func color(_ chance: inout SeededBits) -> SIMD4<Float> {
        if chance.isTrue(withProbability: 0.5) { return warmColor(&chance) }
        return SIMD4(
            chance.value(in: Float(0)...255), chance.value(in: Float(0)...255), chance.value(in: Float(0)...255), 0)
    }

    /// A color that can be seen beside another: of another luminance by 50 or more, or else much darker or lighter.
    private static func distinct(_ color: SIMD4<Float>, from one: SIMD4<Float>) -> SIMD4<Float> {
        let luminance = FloatPicture.luminance(one)
        if abs(FloatPicture.luminance(color) - luminance) >= 50 { return color }
        return luminance > 110 ? 0.4 * one : 0.5 * one + SIMD4(110, 110, 110, 0)
    }

    private static func warmColor(_ chance: inout SeededBits) -> SIMD4<Float> {
        let red = chance.value(in: Float(100)...240)
        return SIMD4(red, red * chance.value(in: Float(0.35)...0.65), red * chance.value(in: Float(0.1)...0.4), 0)
    }

    private func drawGradient(on picture: inout FloatPicture) {
        picture.blend(toward: other, by: picture.places.map { min(max(0.5 + 0.5 * ($0 * direction).sum(), 0), 1) })
    }

    private func drawStripes(on picture: inout FloatPicture) {
        let waves = picture.places.map { sin($0.x * direction.x * frequency * 3 + $0.y * direction.y * frequency * 3) }
        picture.blend(toward: other, by: waves.map { smoothStep($0, from: -0.2, to: 0.2) })
    }

    private func drawRectangles(on picture: inout FloatPicture, _ chance: inout SeededBits) {
        for _ in 0..<chance.whole(in: 4...14) {
            let color = Self.color(&chance)
            let columns = Self.range(below: picture.width, &chance)
            for y in Self.range(below: picture.height, &chance) {
                for x in columns { picture.pixels[y * picture.width + x] = color }
            }
        }
    }

    /// At least a tenth of the whole.
    private static func range(below end: Int, _ chance: inout SeededBits) -> Range<Int> {
        let length = max(Int(chance.value(in: 0.1...0.6) * Double(end)), 1)
        let first = chance.whole(in: 0...end - min(length, end))
        return first..<min(end, first + length)
    }

    /// Dark marks in words and rows on light paper.
    private func drawMarks(on picture: inout FloatPicture, _ chance: inout SeededBits) {
        let side = Float(picture.shorterSide)
        let (markWidth, rowHeight) = (max(Int(side / (15 + 2 * frequency)), 2), max(Int(side / (8 + frequency)), 4))
        let (paper, ink) = (200 + 0.2 * one, 0.25 * other)
        for place in picture.pixels.indices { picture.pixels[place] = paper }
        for top in stride(from: rowHeight / 2, to: picture.height, by: rowHeight) {
            for left in stride(from: markWidth, to: picture.width - markWidth, by: markWidth) {
                guard chance.isTrue(withProbability: 0.8) else { continue }
                let isUpright = chance.isTrue(withProbability: 0.5)
                let (across, down) = (
                    isUpright ? max(markWidth / 4, 1) : markWidth * 3 / 4, isUpright ? rowHeight / 2 : 2
                )
                let start = top + (isUpright ? 0 : chance.whole(in: 0...max(rowHeight / 2 - 2, 0)))
                for y in start..<max(start, min(start + down, picture.height)) {
                    for x in left..<left + max(across, 1) { picture.pixels[y * picture.width + x] = ink }
                }
            }
        }
    }

    /// Noise that is coarse to some degree, its contrast brought back.
    private func drawGrain(on picture: inout FloatPicture, _ chance: inout SeededBits) {
        var noise = PixelNoise(seed: chance.next())
        for place in picture.pixels.indices { picture.pixels[place] = 60 * noise.next() }
        let deviation = chance.value(in: 0...0.01) * Double(picture.shorterSide)
        picture = picture.blurred(deviation: deviation)
        // A Gaussian lowers the deviation of white noise to 1 / (2 σ √π).
        let lost = Float(max(1, 2 * deviation * Double.pi.squareRoot()))
        for place in picture.pixels.indices { picture.pixels[place] = one * 0.5 + 64 + lost * picture.pixels[place] }
    }

    /// The colors and the falling light of a field.
    private func drawWarmDisc(on picture: inout FloatPicture, _ chance: inout SeededBits) {
        let color = Self.warmColor(&chance)
        let falling = chance.value(in: Float(0)...0.5)
        let center = direction * chance.value(in: 0...Float(0.4))
        for (place, at) in picture.places.enumerated() {
            let offset = at - center
            picture.pixels[place] = color * max(1 - falling * (offset * offset).sum(), 0)
        }
    }
}

extension FloatPicture {
    /// Black beyond a circle that fills the shorter side.
    mutating func cutRound() {
        let places = places
        let pixel = 2 / Float(shorterSide)
        for place in pixels.indices {
            let radius = (places[place] * places[place]).sum().squareRoot()
            pixels[place] *= 1 - smoothStep(radius, from: 1 - 3 * pixel, to: 1 - pixel)
        }
    }
}
