// SPDX-License-Identifier: Apache-2.0
/// How another camera, and another hand at it, might have taken the same good photograph.
///
/// A network that is trained on altered pictures learns the eye and not the camera. Each property is one part; `none` has
/// them all at the value that changes nothing. The parts follow each other as light and samples do: tones, then geometry,
/// blur, vignette, saturation, noise, all unrounded, then 8 bits, then JPEG. `ReferenceAlteration` has each part by itself;
/// `docs/alterations.md` shows them.
package struct CameraAlteration: Sendable, Hashable {
    /// Left becomes right.
    package var isFlippedAcross = false
    /// Top becomes bottom.
    package var isFlippedDown = false
    /// Degrees, counterclockwise.
    package var angle = 0.0
    /// Factor.
    package var scale = 1.0
    /// To the right, as a share of the width.
    package var shiftAcross = 0.0
    /// Downward, as a share of the height.
    package var shiftDown = 0.0
    /// Width over height grows by this share; the area stays.
    package var stretch = 0.0

    /// Red grows by this share and blue shrinks by it.
    package var temperature: Float = 0
    /// Factors.
    package var redGain: Float = 1
    package var greenGain: Float = 1
    package var blueGain: Float = 1
    /// Factor.
    package var brightness: Float = 1
    /// Factor of the distance from the field's mean luminance; black stays black.
    package var contrast: Float = 1
    /// Exponent on the scale 0…1: below 1 it is lighter.
    package var gamma: Float = 1
    /// Factor of the distance from gray of the same luminance.
    package var saturation: Float = 1
    /// By which share it is lighter at the rim than in the middle; it grows with the square of the distance.
    package var vignette: Float = 0

    /// Standard deviation of the Gaussian, in pixels of a picture of 320 × 320; it grows with the shorter side.
    package var blur = 0.0
    /// Standard deviation on the scale 0…255.
    package var noise: Float = 0
    /// Which noise.
    package var noiseSeed: UInt64 = 0
    /// libjpeg's, 1…100; nil where the picture is not compressed once more.
    package var jpegQuality: Int?

    package init() {}

    /// Changes nothing.
    package static let none = CameraAlteration()

    /// The side of picture that `blur` is said for.
    static let blurSide = 320.0
}

extension CameraAlteration {
    /// How far each part goes, and in which share of the draws it is there at all.
    enum Part {
        static let scale = 0.88...1.14
        static let shift = -0.05...0.05
        static let stretch = -0.03...0.03
        static let temperature: (probability: Double, range: ClosedRange<Float>) = (0.8, -0.12...0.12)
        static let gain: (probability: Double, range: ClosedRange<Float>) = (0.5, 0.92...1.08)
        static let brightness: (probability: Double, range: ClosedRange<Float>) = (0.8, 0.75...1.3)
        static let contrast: (probability: Double, range: ClosedRange<Float>) = (0.8, 0.8...1.25)
        static let gamma: (probability: Double, range: ClosedRange<Float>) = (0.5, 0.75...1.33)
        static let saturation: (probability: Double, range: ClosedRange<Float>) = (0.5, 0.7...1.3)
        static let vignette: (probability: Double, range: ClosedRange<Float>) = (0.4, -0.35...0.35)
        static let blur = (probability: 0.3, range: 0...1.2)
        static let noise: (probability: Double, range: ClosedRange<Float>) = (0.3, 0...6)
        static let jpegQuality = (probability: 0.4, range: 40...95)
    }

    /// Draws each part: both flips in half of the draws, the angle from the whole circle, scale, shift and stretch always;
    /// temperature, brightness and contrast in 80 %; gains, gamma and saturation in 50 %; vignette and JPEG in 40 %; blur
    /// and noise in 30 %.
    ///
    /// A range around 0 and that of blur, noise or quality is drawn from evenly; of a factor's range, what lies below 1
    /// and what lies above is drawn as often, each evenly. It takes 30 numbers of the generator, whatever comes of them.
    package static func drawn(using generator: inout some RandomNumberGenerator) -> CameraAlteration {
        var alteration = CameraAlteration()
        alteration.isFlippedAcross = generator.isTrue(withProbability: 0.5)
        alteration.isFlippedDown = generator.isTrue(withProbability: 0.5)
        alteration.angle = generator.share() * 360
        alteration.scale = Double(generator.factor(in: Float(Part.scale.lowerBound)...Float(Part.scale.upperBound)))
        alteration.shiftAcross = generator.value(in: Part.shift)
        alteration.shiftDown = generator.value(in: Part.shift)
        alteration.stretch = generator.value(in: Part.stretch)
        alteration.drawColors(using: &generator)
        alteration.drawGrain(using: &generator)
        return alteration
    }

    private mutating func drawColors(using generator: inout some RandomNumberGenerator) {
        temperature = generator.value(of: Part.temperature)
        // One chance for the three: a camera has its own gains or has not.
        let hasGains = generator.isTrue(withProbability: Part.gain.probability)
        let gains = (0..<3).map { _ in generator.factor(in: Part.gain.range) }
        if hasGains { (redGain, greenGain, blueGain) = (gains[0], gains[1], gains[2]) }
        brightness = generator.factor(of: Part.brightness)
        contrast = generator.factor(of: Part.contrast)
        gamma = generator.factor(of: Part.gamma)
        saturation = generator.factor(of: Part.saturation)
        vignette = generator.value(of: Part.vignette)
    }

    private mutating func drawGrain(using generator: inout some RandomNumberGenerator) {
        let isBlurred = generator.isTrue(withProbability: Part.blur.probability)
        let deviation = generator.value(in: Part.blur.range)
        blur = isBlurred ? deviation : 0
        noise = generator.value(of: Part.noise)
        noiseSeed = generator.next()
        let isCompressed = generator.isTrue(withProbability: Part.jpegQuality.probability)
        let quality = generator.whole(in: Part.jpegQuality.range)
        jpegQuality = isCompressed ? quality : nil
    }
}

extension RandomNumberGenerator {
    /// Below 1 as often as above.
    fileprivate mutating func factor(in range: ClosedRange<Float>) -> Float {
        let share = 2 * Float(share()) - 1
        return share < 0 ? 1 + share * (1 - range.lowerBound) : 1 + share * (range.upperBound - 1)
    }

    /// 1 where the part is not there.
    fileprivate mutating func factor(of part: (probability: Double, range: ClosedRange<Float>)) -> Float {
        let isThere = isTrue(withProbability: part.probability)
        let value = factor(in: part.range)
        return isThere ? value : 1
    }

    /// 0 where the part is not there.
    fileprivate mutating func value(of part: (probability: Double, range: ClosedRange<Float>)) -> Float {
        let isThere = isTrue(withProbability: part.probability)
        let value = value(in: part.range)
        return isThere ? value : 0
    }
}
