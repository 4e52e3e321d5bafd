// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// An eye from outside, as a fundus camera takes it that stands too far away: skin, lids, white, iris, pupil, reflex,
/// lashes.
struct ExternalEye {
    private let skin: SIMD4<Float>
    private let iris: SIMD4<Float>
    private let center: SIMD2<Float>
    private let irisRadius: Float
    private let pupilRadius: Float
    /// Half the height of the opening between the lids, in iris radii.
    private let opening: Float
    private let isRound: Bool
    private let seed: UInt64

    init(using chance: inout SeededBits) {
        let light = chance.value(in: Float(90)...235)
        skin = SIMD4(light, light * chance.value(in: Float(0.62)...0.8), light * chance.value(in: Float(0.5)...0.7), 0)
        iris = chance.oneOf([
            SIMD4(92, 58, 32, 0), SIMD4(60, 36, 22, 0), SIMD4(88, 118, 150, 0), SIMD4(96, 110, 72, 0),
        ])
        center = SIMD2(chance.value(in: Float(-0.25)...0.25), chance.value(in: Float(-0.2)...0.2))
        irisRadius = chance.value(in: Float(0.28)...0.5)
        pupilRadius = chance.value(in: Float(0.3)...0.6) * irisRadius
        opening = chance.value(in: Float(0.75)...1.1)
        isRound = chance.isTrue(withProbability: 0.5)
        seed = chance.next()
    }

    func drawn(width: Int, height: Int) -> FloatPicture {
        var chance = SeededBits(seed: seed)
        var picture = FloatPicture(
            width: width, height: height, pixels: [SIMD4<Float>](repeating: skin, count: width * height))
        let phase = chance.value(in: 0...Float(6))
        for (pixel, place) in picture.places.enumerated() {
            picture.pixels[pixel] = color(at: place - center, phase)
        }
        let lashes = lashes(width: width, height: height, &chance)
        picture.blend(toward: SIMD4(30, 20, 16, 0), by: lashes.coverage)
        var reflex = SoftStrokes(width: width, height: height)
        let reflexOffset = SIMD2(chance.value(in: Float(-0.4)...0.4), chance.value(in: Float(-0.5)...0))
        reflex.addDot(at: center + reflexOffset * irisRadius, radius: 0.25 * irisRadius)
        picture.blend(toward: SIMD4(255, 255, 250, 0), by: reflex.coverage)
        picture.addNoise(
            deviation: 3, seed: chance.next(), where: [Float](repeating: 1, count: width * height))
        picture = picture.blurred(deviation: 0.003 * Double(picture.shorterSide))
        if isRound { picture.cutRound() }
        return picture
    }

    /// - Parameter place: from the pupil's middle.
    private func color(at place: SIMD2<Float>, _ phase: Float) -> SIMD4<Float> {
        let radius = (place * place).sum().squareRoot()
        // Creases and shades of the skin, darker toward the lids.
        let crease = 0.06 * sin(place.y * 14 + phase + 2 * cos(place.x * 3)) + 0.04 * sin(place.x * 5 + phase)
        let lid = place.y / lidHeight(at: place.x)
        let skinColor = skin * (1 + crease - 0.35 * exp(-abs(abs(lid) - 1) * 5))
        let white = SIMD4<Float>(228, 214, 208, 0) * (1 - 0.25 * min(abs(place.x), 1))
        let angle = atan2(place.y, place.x)
        let streaks = 1 + 0.22 * sin(angle * 37 + phase) * sin(angle * 13 + 9 * radius)
        let irisColor = iris * streaks * (1.25 - 0.6 * smoothStep(radius / irisRadius, from: 0.75, to: 1))
        var color = white
        color += (1 - smoothStep(radius, from: irisRadius * 0.95, to: irisRadius * 1.05)) * (irisColor - color)
        let dark = SIMD4<Float>(12, 9, 8, 0)
        color += (1 - smoothStep(radius, from: pupilRadius * 0.93, to: pupilRadius * 1.07)) * (dark - color)
        // The upper lid's shadow.
        color *= 1 - 0.4 * smoothStep(-lid, from: 0.4, to: 1)
        return color + smoothStep(abs(lid), from: 0.96, to: 1.04) * (skinColor - color)
    }

    /// The opening's half height: an almond 2.6 iris radii wide on either side.
    private func lidHeight(at x: Float) -> Float {
        let share = x / (2.6 * irisRadius)
        return max(irisRadius * opening * (1 - share * share), 0.002)
    }

    private func lashes(width: Int, height: Int, _ chance: inout SeededBits) -> SoftStrokes {
        var strokes = SoftStrokes(width: width, height: height)
        for _ in 0..<chance.whole(in: 25...50) {
            let x = chance.value(in: Float(-2.4)...2.4) * irisRadius
            let start = SIMD2(x, -lidHeight(at: x))
            let end = start + SIMD2(0.5 * x, -irisRadius) * chance.value(in: Float(0.3)...0.7)
            let bend = SIMD2(start.x + 0.2 * (end.x - start.x), end.y + 0.3 * (start.y - end.y))
            strokes.addStroke(
                BentLine(start: center + start, bend: center + bend, end: center + end), radius: 0.014, opacity: 0.8)
        }
        return strokes
    }
}
