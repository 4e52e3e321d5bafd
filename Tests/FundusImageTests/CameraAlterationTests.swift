// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@testable import FundusImage

/// Alterations as of other cameras, compared with other programs' parts and with the plain way.
@Suite struct CameraAlterationTests {
    struct Case: Sendable {
        let width: Int
        let height: Int
        let alteration: CameraAlteration

        init(_ width: Int, _ height: Int, _ change: (inout CameraAlteration) -> Void) {
            (self.width, self.height) = (width, height)
            var alteration = CameraAlteration.none
            change(&alteration)
            self.alteration = alteration
        }
    }

    /// The table of Golden/make_altered.py.
    private static let cases = [
        Case(33, 33) { $0.isFlippedAcross = true },
        Case(33, 31) { ($0.isFlippedDown, $0.angle) = (true, 90) },
        Case(40, 24) { $0.angle = 37.5 },
        Case(33, 33) { ($0.scale, $0.shiftAcross, $0.shiftDown) = (0.88, 0.05, -0.03) },
        Case(31, 47) { ($0.angle, $0.scale, $0.stretch, $0.isFlippedAcross) = (200, 1.14, 0.03, true) },
        Case(33, 33) { $0.temperature = 0.12 },
        Case(33, 33) { ($0.redGain, $0.greenGain, $0.blueGain, $0.brightness) = (0.92, 1.08, 1.03, 1.3) },
        Case(33, 33) { $0.contrast = 0.8 },
        Case(33, 33) { ($0.contrast, $0.brightness) = (1.25, 0.75) },
        Case(33, 33) { $0.gamma = 0.75 },
        Case(33, 33) { $0.gamma = 1.33 },
        Case(33, 33) { $0.saturation = 0.7 },
        Case(33, 33) { $0.saturation = 1.3 },
        Case(47, 31) { $0.vignette = -0.35 },
        Case(33, 33) { $0.vignette = 0.35 },
        Case(47, 31) { $0.blur = 9 },
        Case(33, 33) { ($0.noise, $0.noiseSeed) = (6, 99) },
        Case(33, 31) { $0.jpegQuality = 40 },
        Case(97, 97) { $0.jpegQuality = 95 },
        Case(97, 97) {
            ($0.isFlippedAcross, $0.isFlippedDown, $0.angle, $0.scale) = (true, true, 301.25, 0.95)
            ($0.shiftAcross, $0.shiftDown, $0.stretch) = (-0.02, 0.04, -0.02)
            ($0.temperature, $0.redGain, $0.greenGain, $0.blueGain) = (-0.06, 1.04, 0.97, 1.01)
            ($0.brightness, $0.contrast, $0.gamma, $0.saturation) = (1.1, 0.9, 1.1, 1.2)
            ($0.vignette, $0.blur, $0.noise, $0.noiseSeed) = (-0.2, 2.5, 3, 12345)
        },
    ]

    /// A disc of random samples of 0…220 on black.
    private static func picture(_ width: Int, _ height: Int) -> RGBPicture {
        var generator = SeededGenerator(seed: UInt64(width * 1000 + height))
        let side = min(width, height)
        let samples = (0..<3 * width * height).map { place in
            let (x, y) = (2 * (place / 3 % width) - width + 1, 2 * (place / 3 / width) - height + 1)
            let sample = UInt8((generator.next() >> 56) * 220 / 255)
            return x * x + y * y < side * side ? sample : 0
        }
        return RGBPicture(width: width, height: height, pixels: samples)
    }

    private static let golden: [[UInt8]] = {
        var bytes = GoldenFile.bytes(of: "altered.bin")[...]
        return cases.map { sample in
            defer { bytes = bytes.dropFirst(3 * sample.width * sample.height) }
            return Array(bytes.prefix(3 * sample.width * sample.height))
        }
    }()

    @Test(arguments: cases.indices)
    func `pixels are those of other programs`(place: Int) {
        let sample = Self.cases[place]
        let source = Self.picture(sample.width, sample.height)
        let altered = sample.alteration.applied(to: source)
        #expect(altered.pixels.count == Self.golden[place].count)
        #expect(Self.largestDifference(altered.pixels, Self.golden[place]) <= 1)
        #expect(altered != source)
    }

    /// Each part alone and drawn ones, at sides that no vector divides.
    @Test(arguments: [(1, 1), (1, 9), (33, 33), (97, 64)])
    func `pixels are those of the plain way`(width: Int, height: Int) {
        var generator = SeededGenerator(seed: 31)
        let drawn = (0..<20).map { _ in
            var alteration = CameraAlteration.drawn(using: &generator)
            // A rounding may carry on over a block; the goldens hold JPEG by itself.
            alteration.jpegQuality = nil
            return alteration
        }
        for alteration in Self.cases.map(\.alteration) + drawn {
            let source = Self.picture(width, height)
            let (fast, plain) = (alteration.applied(to: source), ReferenceAlteration.applied(alteration, to: source))
            #expect(Self.largestDifference(fast.pixels, plain.pixels) <= 1, "\(alteration)")
        }
    }

    @Test func `nothing is altered by no alteration`() {
        let picture = Self.picture(40, 30)
        #expect(CameraAlteration.none.applied(to: picture) == picture)
    }

    @Test func `two flips and a half turn leave every pixel where it was`() {
        var alteration = CameraAlteration.none
        (alteration.isFlippedAcross, alteration.isFlippedDown, alteration.angle) = (true, true, 180)
        let picture = Self.picture(41, 30)
        #expect(alteration.applied(to: picture) == picture)
    }

    @Test func `the surround stays black whatever the tones, the saturation and the noise`() {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<50 {
            var alteration = CameraAlteration.drawn(using: &generator)
            (alteration.blur, alteration.jpegQuality) = (0, nil)
            alteration.noise = 6
            let altered = alteration.applied(
                to: RGBPicture(width: 9, height: 9, pixels: .init(repeating: 0, count: 243)))
            #expect(altered.pixels.allSatisfy { $0 == 0 })
        }
    }

    @Test func `noise has the deviation that is asked for`() {
        var alteration = CameraAlteration.none
        (alteration.noise, alteration.noiseSeed) = (6, 3)
        let gray = RGBPicture(width: 100, height: 100, pixels: .init(repeating: 128, count: 30_000))
        let differences = alteration.applied(to: gray).pixels.map { Double($0) - 128 }
        let variance = differences.reduce(0) { $0 + $1 * $1 } / 30_000
        #expect(abs(variance.squareRoot() - 6) < 0.1)
        #expect(abs(differences.reduce(0, +) / 30_000) < 0.15)
        alteration.noiseSeed = 4
        #expect(alteration.applied(to: gray).pixels.map { Double($0) - 128 } != differences)
    }

    private static func largestDifference(_ one: [UInt8], _ other: [UInt8]) -> Int {
        zip(one, other).map { abs(Int($0) - Int($1)) }.max() ?? 0
    }
}
