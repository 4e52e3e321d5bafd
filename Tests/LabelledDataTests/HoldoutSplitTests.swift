// SPDX-License-Identifier: Apache-2.0
import FundusImage
import LabelledData
import Testing

/// Who trains and who measures.
@Suite struct HoldoutSplitTests {
    /// A thousand pictures of their own; nothing else here takes time.
    private static let looks = (0..<1000).map(look)

    private static func look(_ number: Int) -> PictureLook {
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
        let pixels = (0..<3 * 64 * 64).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 56)
        }
        return PictureLook(RGBPicture(width: 64, height: 64, pixels: pixels))
    }

    private static func image(_ number: Int, person: String? = nil, look: Int? = nil) -> LabelledImage {
        LabelledImage(
            path: "disease/\(number).jpg", label: number % 2 == 0 ? .disease : .normal, sha256: hash(number),
            person: person,
            look: looks[look ?? number])
    }

    private static func hash(_ number: Int) -> String {
        let digits = String(UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
        return String(repeating: "0", count: 64 - digits.count) + digits
    }

    private static func split(
        _ images: [LabelledImage], fraction: Double = 0.3, seed: UInt64 = 0,
        earlier: [String: HoldoutSplit.Side] = [:]
    ) -> [HoldoutSplit.Side] {
        HoldoutSplit(images, ImageGrouping(images), fraction: fraction, seed: seed, earlier: earlier).sides
    }

    @Test func `images of one person, and pictures that look the same, are one group`() {
        let images = [
            Self.image(0, person: "a"), Self.image(1, person: "b"), Self.image(2, person: "a"), Self.image(3),
            Self.image(4, look: 3), Self.image(5, person: "b", look: 4),
        ]
        let grouping = ImageGrouping(images)
        #expect(grouping.groups == [0, 1, 0, 2, 2, 1])
        #expect(grouping.groupCount == 3 && grouping.nearlyIdenticalPairs == 1)
    }

    @Test func `a chain of links is one group`() {
        let images = [
            Self.image(0, person: "a", look: 9), Self.image(1, person: "b", look: 9), Self.image(2, person: "b"),
        ]
        #expect(ImageGrouping(images).groups == [0, 0, 0])
    }

    @Test(arguments: [(0.0, 0...0), (0.15, 110...190), (0.5, 440...560)])
    func `the share of groups that is held out is about what was asked for`(fraction: Double, counts: ClosedRange<Int>)
    {
        let sides = Self.split((0..<1000).map { Self.image($0) }, fraction: fraction, seed: 1)
        #expect(counts.contains(sides.count { $0 == .holdout }))
    }

    @Test func `another seed splits otherwise, the same one alike, in any order`() {
        // Pairs that look the same, and no person to name the group by.
        let images = (0..<60).map { Self.image($0, look: $0 / 2) }
        let sides = Self.split(images)
        #expect(sides == Self.split(images))
        #expect(sides != Self.split(images, seed: 1))
        #expect(Array(sides.reversed()) == Self.split(images.reversed()))
    }

    @Test func `no group is on both sides, and none changes sides as the images grow`() {
        var earlier: [String: HoldoutSplit.Side] = [:]
        for step in 1...10 {
            let images = (0..<step * 12).map { Self.image($0, person: "p\($0 * 7 % (step * 5))") }
            let sides = Self.split(images, earlier: earlier)
            for (image, side) in zip(images, sides) {
                if let before = earlier[image.sha256], before == .holdout { #expect(side != .training) }
                if let before = earlier[image.sha256], before == .training { #expect(side == .training) }
            }
            let grouping = ImageGrouping(images)
            for group in 0..<grouping.groupCount {
                let found = Set(grouping.groups.indices.filter { grouping.groups[$0] == group }.map { sides[$0] })
                #expect(!(found.contains(.training) && found.contains(.holdout)))
            }
            for (image, side) in zip(images, sides) { earlier[image.sha256] = side }
        }
    }

    /// Pictures that people were given: by chance, or because they were hard.
    @Test func `what was drawn by chance measures, with its person, and what was hard trains`() {
        let images = [
            Self.image(0, person: "a"), Self.image(1, person: "a"), Self.image(2, person: "b"),
            Self.image(3, person: "c"), Self.image(4, person: "c"), Self.image(5, person: "d"),
        ]
        let hashes = images.map(\.sha256)
        func sides(_ earlier: [String: HoldoutSplit.Side]) -> [HoldoutSplit.Side] {
            HoldoutSplit(
                images, ImageGrouping(images), fraction: 0.5, seed: 3, earlier: earlier,
                preferred: [
                    hashes[0]: .holdout, hashes[2]: .training, hashes[3]: .holdout, hashes[4]: .training,
                ]
            ).sides
        }
        let drawn = Self.split(images, fraction: 0.5, seed: 3)[5]
        #expect(sides([:]) == [.holdout, .holdout, .training, .holdout, .holdout, drawn])
        // Whoever trained goes on training, and nobody who measured trains.
        let before = sides([hashes[1]: .training, hashes[2]: .holdout])
        #expect(before[..<3] == [.training, .training, .holdout])
    }

    @Test func `an image that links both sides sets the hold-out's part aside`() {
        let apart = [Self.image(0, person: "a"), Self.image(1, person: "b")]
        let earlier: [String: HoldoutSplit.Side] = [apart[0].sha256: .training, apart[1].sha256: .holdout]
        let linked = apart + [Self.image(2, person: "a", look: 1)]
        #expect(Self.split(linked, earlier: earlier) == [.training, .setAside, .setAside])
    }
}
