// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FundusImage
import Testing

/// Alterations for training, compared with Pillow's pixel by pixel.
@Suite struct PictureAugmentationTests {
    struct Case: Sendable {
        let width: Int
        let height: Int
        let alteration: PictureAugmentation

        init(
            _ width: Int, _ height: Int, _ isFlipped: Bool, _ angle: Double, _ brightness: Float, _ contrast: Float
        ) {
            self.width = width
            self.height = height
            alteration = PictureAugmentation(
                isFlipped: isFlipped, angle: angle, brightness: brightness, contrast: contrast)
        }
    }

    /// The table of Golden/make_augmented.py.
    private static let cases = [
        Case(23, 17, false, 0, 1, 1), Case(23, 17, true, 0, 1, 1), Case(23, 17, false, 10, 1, 1),
        Case(23, 17, false, -7.3, 1, 1), Case(24, 24, true, 3.25, 1, 1), Case(1, 9, false, 5, 1, 1),
        Case(9, 1, true, -10, 1, 1), Case(23, 17, false, 0, 0.9, 1), Case(23, 17, false, 0, 1.1, 1),
        Case(23, 17, false, 0, 1, 0.9), Case(23, 17, false, 0, 1, 1.1), Case(31, 29, true, 9.99, 1.0625, 0.9375),
        Case(64, 64, true, -0.4, 0.953, 1.087),
    ]

    private static func picture(_ width: Int, _ height: Int) -> RGBPicture {
        var generator = SeededGenerator(seed: UInt64(width * 1000 + height))
        let samples = (0..<3 * width * height).map { _ in UInt8(generator.next() >> 56) }
        return RGBPicture(width: width, height: height, pixels: samples)
    }

    private static let golden: [[UInt8]] = {
        var bytes = GoldenFile.bytes(of: "augmented.bin")[...]
        return cases.map { sample in
            defer { bytes = bytes.dropFirst(3 * sample.width * sample.height) }
            return Array(bytes.prefix(3 * sample.width * sample.height))
        }
    }()

    @Test(arguments: cases.indices)
    func `pixels are Pillow's`(place: Int) {
        let sample = Self.cases[place]
        let altered = sample.alteration.applied(to: Self.picture(sample.width, sample.height))
        #expect(altered.pixels == Self.golden[place])
    }

    @Test func `nothing is altered by no alteration`() {
        let picture = Self.picture(40, 30)
        #expect(PictureAugmentation.none.applied(to: picture) == picture)
    }

    @Test func `draws fill their ranges and follow from the generator alone`() {
        var (one, other) = (SeededGenerator(seed: 7), SeededGenerator(seed: 7))
        let drawn = (0..<2000).map { _ in PictureAugmentation.drawn(using: &one) }
        #expect(drawn == (0..<2000).map { _ in PictureAugmentation.drawn(using: &other) })
        #expect((900...1100).contains(drawn.count { $0.isFlipped }))
        let angles = drawn.map(\.angle)
        #expect(angles.allSatisfy { -10...10 ~= $0 } && angles.min()! < -9.9 && angles.max()! > 9.9)
        for factors in [drawn.map(\.brightness), drawn.map(\.contrast)] {
            #expect(factors.allSatisfy { 0.9...1.1 ~= $0 } && factors.min()! < 0.901 && factors.max()! > 1.099)
        }
        #expect(abs(angles.reduce(0, +) / 2000) < 0.5)
    }
}
