// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@testable import FundusImage

/// Each damage really does what its name says, to drawn eyes.
@Suite struct PictureDamageTests {
    private static let side = 128
    private static let eyes = (1...3).map { number in
        DamagedField(SyntheticEye(seed: UInt64(number), width: side, height: side, lesionCount: 4).picture)
    }

    private static func damaged(_ kind: PictureDamage.Kind, _ strength: Double) -> [DamagedField] {
        eyes.enumerated().map { number, eye in
            let damage = PictureDamage(kind: kind, strength: strength, seed: UInt64(number))
            return DamagedField(damage.applied(to: eye.picture))
        }
    }

    /// The least and the greatest of a figure over the eyes: of the damaged one, or over that of the good one.
    private static func extremes(
        _ kind: PictureDamage.Kind, _ strength: Double, of figure: (_ bad: DamagedField, _ good: DamagedField) -> Double
    ) -> (least: Double, greatest: Double) {
        let figures = zip(damaged(kind, strength), eyes).map { figure($0, $1) }
        return (figures.min()!, figures.max()!)
    }

    // MARK: The photograph, spoiled

    /// What is left of the detail at strength 0 and 1, at most.
    @Test(arguments: [
        (PictureDamage.Kind.defocus, 0.25, 0.1), (.motion, 0.5, 0.35), (.haze, 0.4, 0.13), (.dark, 0.35, 0.3),
    ])
    func `detail is gone`(kind: PictureDamage.Kind, mildly: Double, wholly: Double) {
        #expect(Self.extremes(kind, 0) { $0.detail / $1.detail }.greatest < mildly)
        #expect(Self.extremes(kind, 1) { $0.detail / $1.detail }.greatest < wholly)
    }

    @Test(arguments: [PictureDamage.Kind.defocus, .motion])
    func `blur keeps the light`(kind: PictureDamage.Kind) {
        for strength in [0, 1.0] {
            let lights = Self.extremes(kind, strength) { $0.meanLuminance / $1.meanLuminance }
            #expect(lights.least > 0.85 && lights.greatest < 1.1)
        }
    }

    @Test func `haze is lit, flat and warm, and the surround stays dark`() {
        for strength in [0, 1.0] {
            for bad in Self.damaged(.haze, strength) {
                #expect(60...200 ~= bad.meanLuminance)
                #expect(bad.meanColor.x > bad.meanColor.y && bad.meanColor.y > bad.meanColor.z)
                #expect(bad.corner < 6)
            }
        }
    }

    @Test func `dark is dark`() {
        let (mild, whole) = (
            Self.extremes(.dark, 0) { $0.meanLuminance / $1.meanLuminance },
            Self.extremes(.dark, 1) { $0.meanLuminance / $1.meanLuminance }
        )
        #expect(mild.greatest < 0.22 && whole.greatest < 0.1)
    }

    @Test func `bright is mostly white`() {
        #expect(Self.extremes(.bright, 0) { bad, _ in bad.share { $0.x >= 250 && $0.y >= 250 } }.least > 0.6)
        #expect(Self.extremes(.bright, 1) { bad, _ in bad.share { $0.x >= 250 && $0.y >= 250 } }.least > 0.85)
        for bad in Self.damaged(.bright, 1) { #expect(bad.corner < 6) }
    }

    @Test(arguments: [(0, 0.12, 0.45), (1, 0.5, 0.92)])
    func `a flash covers its share of the field`(strength: Double, least: Double, greatest: Double) {
        let shares = Self.extremes(.flash, strength) { bad, _ in bad.share { $0.x > 225 && $0.y > 215 && $0.z > 170 } }
        #expect(shares.least > least && shares.greatest < greatest)
    }

    @Test func `eyelashes and dust darken a large part, out of focus`() {
        for (strength, least) in [(0, 0.12), (1, 0.25)] as [(Double, Double)] {
            let shares = Self.extremes(.debris, strength) { $0.share(below: 0.7, of: $1) }
            #expect(shares.least > least && shares.greatest < 0.8)
        }
    }

    @Test(arguments: [0, 0.5, 1])
    func `half a field is covered by its share`(strength: Double) {
        let shares = Self.extremes(.halfField, strength) { $0.share(below: 0.5, of: $1) }
        let expected = 0.45 + 0.4 * strength
        #expect(shares.least > expected - 0.12 && shares.greatest < expected + 0.12)
        let untouched = Self.extremes(.halfField, strength) { 1 - $0.share(below: 0.8, of: $1) }
        #expect(untouched.least > 0.02)
    }

    // MARK: No retina

    static let drawnKinds: [PictureDamage.Kind] = [
        .externalEye, .gradient, .rectangles, .marks, .grain, .stripes, .plain, .warmDisc,
    ]

    @Test(arguments: drawnKinds)
    func `nothing is left of the eye`(kind: PictureDamage.Kind) {
        for seed in 0..<4 as Range<UInt64> {
            let damage = PictureDamage(kind: kind, strength: 0.5, seed: seed)
            #expect(damage.applied(to: Self.eyes[0].picture) == damage.applied(to: Self.eyes[1].picture))
        }
    }

    @Test func `patterns are what they are called`() {
        func drawn(_ kind: PictureDamage.Kind) -> [DamagedField] {
            (0..<12).map {
                DamagedField(PictureDamage(kind: kind, strength: 1, seed: $0).applied(to: Self.eyes[0].picture))
            }
        }
        let detail = Self.eyes[0].detail
        #expect(drawn(.plain).allSatisfy { $0.detail < 0.6 * detail && $0.deviation < 6 })
        #expect(drawn(.gradient).allSatisfy { $0.detail < 0.6 * detail && $0.deviation > 10 })
        #expect(drawn(.grain).allSatisfy { $0.detail > 15 })
        #expect(drawn(.stripes).allSatisfy { $0.deviation > 15 })
        #expect(drawn(.rectangles).allSatisfy { $0.deviation > 10 })
        #expect(drawn(.marks).allSatisfy { $0.share { $0.y > 180 } > 0.5 && $0.share { $0.y < 80 } > 0.05 })
        #expect(drawn(.warmDisc).allSatisfy { $0.detail < 0.6 * detail && $0.corner == 0 })
        #expect(drawn(.warmDisc).allSatisfy { $0.meanColor.x > $0.meanColor.y && $0.meanColor.y > $0.meanColor.z })
        #expect(drawn(.externalEye).allSatisfy { $0.share { max($0.x, $0.y, $0.z) < 45 } > 0.01 && $0.deviation > 20 })
        for kind in [PictureDamage.Kind.plain, .stripes, .externalEye] {
            #expect(Set(drawn(kind).map { $0.corner < 1 }).count == 2, "some round, some not: \(kind)")
        }
    }

    // MARK: Chance

    @Test(arguments: PictureDamage.Kind.allCases)
    func `a damage is the same each time and another for another seed`(kind: PictureDamage.Kind) {
        let eye = Self.eyes[0].picture
        let one = PictureDamage(kind: kind, strength: 0.5, seed: 1)
        #expect(one.applied(to: eye) == one.applied(to: eye))
        #expect(one.applied(to: eye) != eye)
        let other = PictureDamage(kind: kind, strength: 0.5, seed: 2).applied(to: eye)
        let isChanceless = kind == .defocus || kind == .bright
        #expect((one.applied(to: eye) == other) == isChanceless)
    }

    @Test(arguments: PictureDamage.Kind.allCases, [(1, 1), (2, 7), (33, 20), (20, 33)])
    func `odd sizes are kept`(kind: PictureDamage.Kind, size: (Int, Int)) {
        for strength in [0, 1.0] {
            for pixel in [UInt8(0), 200] {
                let picture = RGBPicture(
                    width: size.0, height: size.1, pixels: .init(repeating: pixel, count: 3 * size.0 * size.1))
                let damaged = PictureDamage(kind: kind, strength: strength, seed: 5).applied(to: picture)
                #expect(damaged.width == size.0 && damaged.height == size.1)
            }
        }
    }

    @Test func `families are drawn as often as each other`() {
        var (one, other) = (SeededGenerator(seed: 4), SeededGenerator(seed: 4))
        let drawn = (0..<4000).map { _ in PictureDamage.drawn(using: &one) }
        #expect(drawn == (0..<4000).map { _ in PictureDamage.drawn(using: &other) })
        for kind in PictureDamage.Kind.allCases {
            let isPattern = Self.drawnKinds.contains(kind) && kind != .externalEye
            let expected = isPattern ? 400.0 / 7 : 400
            #expect(abs(Double(drawn.count { $0.kind == kind }) - expected) < 4 * expected.squareRoot(), "\(kind)")
        }
        let strengths = drawn.map(\.strength)
        #expect(strengths.min()! < 0.01 && strengths.max()! > 0.99 && strengths.allSatisfy { 0..<1 ~= $0 })
    }
}
