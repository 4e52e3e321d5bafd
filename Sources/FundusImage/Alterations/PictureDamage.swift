// SPDX-License-Identifier: Apache-2.0
/// What makes a photograph one that no one should judge, done to a good one, so that a network can learn to refuse.
///
/// `applied` gives the same picture for the same damage, always: whatever chance decides follows from `seed`. What other
/// cameras do to a picture (`CameraAlteration`) comes after it. `docs/alterations.md` shows every kind.
package struct PictureDamage: Sendable, Hashable {
    /// What went wrong with a photograph, or what is there in its place.
    package enum Kind: String, Sendable, CaseIterable {
        // The photograph, spoiled.
        /// Out of focus: no vessel is left.
        case defocus
        /// The eye or the hand moved.
        case motion
        /// The lens of the eye or of the camera is clouded over.
        case haze
        /// Next to no flash; what little there is drowns in noise.
        case dark
        /// Far too much flash: most of the field is white.
        case bright
        /// A soft reflex in the middle of things.
        case flash
        /// Eyelashes and dust, out of focus with all else.
        case debris
        /// The pupil was missed: a soft dark edge covers the field.
        case halfField

        // Not a retina at all.
        /// The eye from outside: skin, iris, pupil.
        case externalEye
        case gradient
        case rectangles
        /// Rows of dark marks on something light, as a page of text.
        case marks
        case grain
        case stripes
        case plain
        /// A warm disc on black, lit as a field is, with nothing in it.
        case warmDisc
    }

    package var kind: Kind
    /// 0 is just beyond use, 1 hopeless.
    package var strength: Double
    /// Decides all that is left to chance.
    package var seed: UInt64

    /// - Parameter strength: 0…1.
    package init(kind: Kind, strength: Double, seed: UInt64) {
        precondition(0...1 ~= strength, "a strength is a share")
        (self.kind, self.strength, self.seed) = (kind, strength, seed)
    }

    /// Kinds that are drawn as often as each other: all that are not a retina but drawn patterns count as one.
    private static let families: [[Kind]] = [
        [.defocus], [.motion], [.haze], [.dark], [.bright], [.flash], [.debris], [.halfField], [.externalEye],
        [.gradient, .rectangles, .marks, .grain, .stripes, .plain, .warmDisc],
    ]

    /// Each of ten families in a tenth of the draws, the strength evenly; four numbers of the generator.
    package static func drawn(using generator: inout some RandomNumberGenerator) -> PictureDamage {
        let family = generator.oneOf(families)
        let kind = generator.oneOf(family)
        return PictureDamage(kind: kind, strength: generator.share(), seed: generator.next())
    }

    /// A picture of the same size that no one should judge.
    package func applied(to picture: RGBPicture) -> RGBPicture {
        let work = FloatPicture(picture)
        var chance = SeededBits(seed: seed)
        let damaged =
            switch kind {
            case .defocus: work.defocused(strength)
            case .motion: work.shaken(strength, &chance)
            case .haze: work.clouded(strength, &chance)
            case .dark: work.darkened(strength, &chance)
            case .bright: work.overexposed(strength)
            case .flash: work.dazzled(strength, &chance)
            case .debris: work.littered(strength, &chance)
            case .halfField: work.halfCovered(strength, &chance)
            case .externalEye: ExternalEye(using: &chance).drawn(width: work.width, height: work.height)
            case .gradient, .rectangles, .marks, .grain, .stripes, .plain, .warmDisc:
                DrawnPattern(kind, using: &chance).drawn(width: work.width, height: work.height)
            }
        return damaged.rounded
    }
}

extension FloatPicture {
    /// What `strength` 0…1 means for a measure that goes from one value to another.
    static func grown(_ strength: Double, _ from: Double, _ to: Double) -> Double { from + strength * (to - from) }

    /// How far each pixel is in the field and not in its dark surround, 0…1; vessels and specks count as what is around
    /// them.
    var fieldShares: [Float] {
        let smoothed = stronglyBlurred(deviation: 0.012 * Double(shorterSide))
        return smoothed.pixels.map { pixel in min(max((max(pixel.x, pixel.y, pixel.z) - 8) / 16, 0), 1) }
    }

    /// Toward a color, by a share of its own for each pixel.
    mutating func blend(toward color: SIMD4<Float>, by shares: [Float]) {
        for place in pixels.indices { pixels[place] += shares[place] * (color - pixels[place]) }
    }

    /// The mean color of the field.
    func meanColor(over shares: [Float]) -> SIMD4<Float> {
        var (sum, weight) = (SIMD4<Float>.zero, Float(0))
        for place in pixels.indices {
            sum += shares[place] * pixels[place]
            weight += shares[place]
        }
        return sum / max(weight, 1)
    }

    /// Adds noise, by a share of its own for each pixel.
    mutating func addNoise(deviation: Float, seed: UInt64, where shares: [Float]) {
        var noise = PixelNoise(seed: seed)
        for place in pixels.indices { pixels[place] += deviation * shares[place] * noise.next() }
    }
}

/// A smooth step: 0 below `from`, 1 above `to`.
func smoothStep(_ value: Float, from: Float, to: Float) -> Float {
    let share = min(max((value - from) / (to - from), 0), 1)
    return share * share * (3 - 2 * share)
}
