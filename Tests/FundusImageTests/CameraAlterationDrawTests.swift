// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FundusImage
import Testing

/// What is drawn: how often each part, from which range.
@Suite struct CameraAlterationDrawTests {
    private static func drawn(seed: UInt64) -> [CameraAlteration] {
        var generator = SeededGenerator(seed: seed)
        return (0..<4000).map { _ in CameraAlteration.drawn(using: &generator) }
    }

    @Test func `draws follow from the generator alone`() {
        #expect(Self.drawn(seed: 7) == Self.drawn(seed: 7))
        #expect(Self.drawn(seed: 7) != Self.drawn(seed: 8))
    }

    @Test func `each draw takes as many numbers`() {
        var (one, other) = (SeededGenerator(seed: 7), SeededGenerator(seed: 7))
        for _ in 0..<100 {
            _ = CameraAlteration.drawn(using: &one)
            for _ in 0..<30 { _ = other.next() }
            #expect(one.next() == other.next())
        }
    }

    struct Part: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let range: ClosedRange<Double>
        let unaltered: Double
        let probability: Double
        let value: @Sendable (CameraAlteration) -> Double

        init(
            _ name: String, _ range: ClosedRange<Double>, unaltered: Double, probability: Double,
            _ value: @escaping @Sendable (CameraAlteration) -> Double
        ) {
            (testDescription, self.range, self.unaltered, self.probability) = (name, range, unaltered, probability)
            self.value = value
        }
    }

    private static let parts = [
        Part("flip across", 0...1, unaltered: 0, probability: 0.5) { $0.isFlippedAcross ? 1 : 0 },
        Part("flip down", 0...1, unaltered: 0, probability: 0.5) { $0.isFlippedDown ? 1 : 0 },
        Part("angle", 0...360, unaltered: 0, probability: 1) { $0.angle },
        Part("scale", 0.88...1.14, unaltered: 1, probability: 1) { $0.scale },
        Part("shift across", -0.05...0.05, unaltered: 0, probability: 1) { $0.shiftAcross },
        Part("shift down", -0.05...0.05, unaltered: 0, probability: 1) { $0.shiftDown },
        Part("stretch", -0.03...0.03, unaltered: 0, probability: 1) { $0.stretch },
        Part("temperature", -0.12...0.12, unaltered: 0, probability: 0.8) { Double($0.temperature) },
        Part("red", 0.92...1.08, unaltered: 1, probability: 0.5) { Double($0.redGain) },
        Part("green", 0.92...1.08, unaltered: 1, probability: 0.5) { Double($0.greenGain) },
        Part("blue", 0.92...1.08, unaltered: 1, probability: 0.5) { Double($0.blueGain) },
        Part("brightness", 0.75...1.3, unaltered: 1, probability: 0.8) { Double($0.brightness) },
        Part("contrast", 0.8...1.25, unaltered: 1, probability: 0.8) { Double($0.contrast) },
        Part("gamma", 0.75...1.33, unaltered: 1, probability: 0.5) { Double($0.gamma) },
        Part("saturation", 0.7...1.3, unaltered: 1, probability: 0.5) { Double($0.saturation) },
        Part("vignette", -0.35...0.35, unaltered: 0, probability: 0.4) { Double($0.vignette) },
        Part("blur", 0...1.2, unaltered: 0, probability: 0.3) { $0.blur },
        Part("noise", 0...6, unaltered: 0, probability: 0.3) { Double($0.noise) },
        Part("JPEG", 40...95, unaltered: 0, probability: 0.4) { Double($0.jpegQuality ?? 0) },
    ]

    @Test(arguments: parts)
    func `draws fill their range as often as they should`(part: Part) {
        let values = Self.drawn(seed: 7).map(part.value)
        let altered = values.filter { $0 != part.unaltered }
        let span = part.range.upperBound - part.range.lowerBound
        // Float beside Double at the bounds.
        #expect(altered.allSatisfy { part.range.lowerBound - 1e-6...part.range.upperBound + 1e-6 ~= $0 })
        #expect(abs(Double(altered.count) / 4000 - part.probability) < 0.03)
        #expect(altered.max()! > part.range.upperBound - 0.01 * span)
        guard span > 1 || part.range.lowerBound != 0 else { return }
        #expect(altered.min()! < part.range.lowerBound + 0.01 * span)
        if part.unaltered == 1 { #expect(abs(altered.count { $0 < 1 } - altered.count / 2) < altered.count / 20) }
    }
}
