// SPDX-License-Identifier: Apache-2.0
internal import Glibc

// The photograph is there and of no use: each kind by itself. Lengths are shares of the shorter side.

extension FloatPicture {
    /// A deviation of 1.6 to 6 % of the side: 5 to 19 pixels of 320, where a large vessel is 4 wide.
    func defocused(_ strength: Double) -> FloatPicture {
        stronglyBlurred(deviation: Self.grown(strength, 0.016, 0.06) * Double(shorterSide))
    }

    /// Smeared along a bent path of 10 to 25 % of the side, over a picture that is a little out of focus. It
    /// turns by a third of a circle and more: along a straight one the vessels that go its way would stay sharp.
    func shaken(_ strength: Double, _ chance: inout some RandomNumberGenerator) -> FloatPicture {
        let length = Self.grown(strength, 0.1, 0.25) * Double(shorterSide)
        let steps = max(Int(length.rounded()), 2)
        var direction = chance.value(in: 0...2 * Double.pi)
        let turn = chance.value(in: 2...3.5) / Double(steps) * (chance.isTrue(withProbability: 0.5) ? 1 : -1)
        var place = SIMD2<Double>.zero
        var path: [SIMD2<Double>] = []
        for _ in 0..<steps {
            path.append(place)
            place += SIMD2(cos(direction), sin(direction)) * (length / Double(steps))
            direction += turn
        }
        let middle = path.reduce(.zero, +) / Double(steps)
        let soft = blurred(deviation: 0.006 * Double(shorterSide))
        return soft.meanOfShifts(path.map { (Int(($0 - middle).x.rounded()), Int(($0 - middle).y.rounded())) })
    }

    /// Beyond the frame is black.
    private func meanOfShifts(_ shifts: [(across: Int, down: Int)]) -> FloatPicture {
        var result = FloatPicture(
            width: width, height: height, pixels: [SIMD4<Float>](repeating: .zero, count: pixels.count))
        let share = 1 / Float(shifts.count)
        for shift in shifts {
            for y in max(0, -shift.down)..<max(0, -shift.down, min(height, height - shift.down)) {
                let source = (y + shift.down) * width + shift.across
                let first = max(0, -shift.across)
                for x in first..<max(first, min(width, width - shift.across)) {
                    result.pixels[y * width + x] += share * pixels[source + x]
                }
            }
        }
        return result
    }

    /// 65 to 90 % of the field's mean color on its way to a warm gray, over a picture that is a little out of focus.
    func clouded(_ strength: Double, _ chance: inout some RandomNumberGenerator) -> FloatPicture {
        let field = fieldShares
        var result = blurred(deviation: 0.006 * Double(shorterSide))
        let mean = meanColor(over: field)
        let level = max(Self.luminance(mean), 60) * chance.value(in: 1...Float(1.5))
        let gray = SIMD4<Float>(1.25, 1, 0.75, 0) * level
        let color = mean + chance.value(in: Float(0.2)...0.8) * (gray - mean)
        let mix = Float(Self.grown(strength, 0.65, 0.9))
        result.blend(toward: color, by: field.map { mix * $0 })
        return result
    }

    /// 18 down to 4 % of the light, with noise of deviation 2 to 5 in the field.
    func darkened(_ strength: Double, _ chance: inout some RandomNumberGenerator) -> FloatPicture {
        var result = self
        let gain = Float(Self.grown(strength, 0.18, 0.04))
        for place in result.pixels.indices { result.pixels[place] *= gain }
        let deviation = chance.value(in: Float(2)...5)
        result.addNoise(deviation: deviation, seed: chance.next(), where: fieldShares)
        return result
    }

    /// So much light that the field's mean luminance would be 300 to 480, with a veil of stray light of 40 to 90.
    func overexposed(_ strength: Double) -> FloatPicture {
        let field = fieldShares
        let gain = Float(Self.grown(strength, 300, 480)) / max(Self.luminance(meanColor(over: field)), 8)
        let veil = Float(Self.grown(strength, 40, 90))
        var result = self
        for place in pixels.indices { result.pixels[place] = Self.cutOff(pixels[place] * gain + veil * field[place]) }
        // What is brighter than white spills over.
        return result.blurred(deviation: 0.004 * Double(shorterSide))
    }

    /// A white blob over 25 to 60 % of a round field, soft at its rim, somewhere within it.
    func dazzled(_ strength: Double, _ chance: inout some RandomNumberGenerator) -> FloatPicture {
        let radius = Float(Self.grown(strength, 0.25, 0.6).squareRoot())
        let angle = chance.value(in: 0...Float(2 * Double.pi))
        let distance = chance.value(in: 0...1 - radius)
        let center = SIMD2(cos(angle), sin(angle)) * distance
        let softness = chance.value(in: Float(0.2)...0.45)
        let (field, places) = (fieldShares, places)
        let blob = places.indices.map { place in
            let offset = places[place] - center
            let away = (offset * offset).sum().squareRoot() / radius
            // The blob itself, and a veil around it.
            let light = 1 - smoothStep(away, from: 1 - softness, to: 1 + softness)
            return field[place] * max(light, 0.35 * exp(-away * away / 2))
        }
        var result = self
        result.blend(
            toward: SIMD4(255, chance.value(in: Float(246)...255), chance.value(in: Float(225)...255), 0), by: blob)
        return result
    }

    /// The field's dark part, 45 to 85 % of it, behind a bent soft edge.
    func halfCovered(_ strength: Double, _ chance: inout some RandomNumberGenerator) -> FloatPicture {
        let angle = chance.value(in: 0...Float(2 * Double.pi))
        let bend = chance.value(in: Float(-0.35)...0.35)
        let (ahead, aside) = (SIMD2(cos(angle), sin(angle)), SIMD2(-sin(angle), cos(angle)))
        let depths = places.map { place in
            let sideways = (place * aside).sum()
            return (place * ahead).sum() + bend * sideways * sideways
        }
        let field = fieldShares
        let covered = zip(depths, field).filter { $1 > 0.5 }.map(\.0).sorted()
        guard !covered.isEmpty else { return self }
        let edge = covered[Int(Self.grown(strength, 0.45, 0.85) * Double(covered.count - 1))]
        let softness = chance.value(in: Float(0.08)...0.2)
        let light = chance.value(in: 0...Float(0.06))
        var result = self
        for place in pixels.indices {
            let share = smoothStep(depths[place], from: edge - softness, to: edge + softness)
            result.pixels[place] *= light + (1 - light) * share
        }
        return result
    }

    /// Each pixel's place: the middle is (0, 0), half the shorter side is 1.
    var places: [SIMD2<Float>] {
        let unit = 2 / Float(shorterSide)
        let (middleX, middleY) = (Float(width - 1) / 2, Float(height - 1) / 2)
        return pixels.indices.map { SIMD2(Float($0 % width) - middleX, Float($0 / width) - middleY) * unit }
    }
}
