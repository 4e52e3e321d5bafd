// SPDX-License-Identifier: Apache-2.0
import FundusImage
import Testing

@Suite struct HeatmapPainterTests {
    private static let gray = RGBPicture(width: 224, height: 224, pixels: [UInt8](repeating: 90, count: 3 * 224 * 224))

    /// A map of 7 × 7 places with one of them lit.
    private func map(_ logit: Float, atX x: Int, _ y: Int, elsewhere: Float = -1) -> DiseaseMap {
        var logits = [Float](repeating: elsewhere, count: 49)
        logits[y * 7 + x] = logit
        return DiseaseMap(width: 7, height: 7, logits: logits, inputWidth: 224, inputHeight: 224, pixelsPerPlace: 32)
    }

    /// How much of the photograph is gone at each pixel, by its change in blue.
    private func changes(_ picture: RGBPicture, from original: RGBPicture) -> [Int] {
        stride(from: 2, to: picture.pixels.count, by: 3).map {
            abs(Int(picture.pixels[$0]) - Int(original.pixels[$0]))
        }
    }

    @Test(arguments: [(0, 0), (3, 2), (6, 6)]) func `the strongest place is where the network looked`(x: Int, y: Int) {
        let painted = HeatmapPainter.paint(map(9, atX: x, y), over: Self.gray)
        let changes = changes(painted, from: Self.gray)
        let strongest = changes.indices.max { changes[$0] < changes[$1] } ?? 0
        #expect(changes[strongest] > 50)
        // Place (x, y) looks at pixel (32 x, 32 y); around it are 16 pixels that are at least half as strong.
        #expect(abs(strongest % 224 - 32 * x) <= 16 && abs(strongest / 224 - 32 * y) <= 16)
        #expect(changes[(32 * y) * 224 + 32 * x] == changes[strongest])
    }

    @Test func `what speaks for normal leaves the photograph as it is`() {
        #expect(HeatmapPainter.paint(map(-0.001, atX: 1, 1), over: Self.gray) == Self.gray)
    }

    @Test func `weak evidence stays faint, however little there is elsewhere`() {
        let (weak, strong) = (map(0.4, atX: 3, 3), map(4, atX: 3, 3))
        let faint = changes(HeatmapPainter.paint(weak, over: Self.gray), from: Self.gray).max() ?? 0
        let full = changes(HeatmapPainter.paint(strong, over: Self.gray), from: Self.gray).max() ?? 0
        #expect(faint > 0 && faint * 4 < full)
    }

    @Test func `evidence beyond the full color is shown in proportion to the strongest`() {
        let twice = HeatmapPainter.paint(map(16, atX: 3, 3), over: Self.gray)
        #expect(twice == HeatmapPainter.paint(map(8, atX: 3, 3), over: Self.gray))
    }

    @Test(arguments: [(1, 1), (640, 2), (3, 500), (2000, 1500)]) func `photographs of any size are covered`(
        width: Int, height: Int
    ) {
        let photograph = RGBPicture(
            width: width, height: height, pixels: [UInt8](repeating: 90, count: 3 * width * height))
        let painted = HeatmapPainter.paint(map(9, atX: 0, 0, elsewhere: 9), over: photograph)
        #expect(painted.width == width && painted.height == height)
        #expect(Set(changes(painted, from: photograph)).count == 1)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func `a value that is no number counts as none`(value: Float) {
        #expect(HeatmapPainter.paint(map(value, atX: 3, 3), over: Self.gray) == Self.gray)
    }

    /// The network saw a square in a wide photograph: the map lies there, at any size of the picture, and nowhere else.
    @Test(arguments: [1, 2]) func `a map of a cut-out lies where it was cut out`(scale: Int) {
        let (width, height) = (300 / scale, 100 / scale)
        let photograph = RGBPicture(
            width: width, height: height, pixels: [UInt8](repeating: 90, count: 3 * width * height))
        let seen = PictureRectangle(x: 180, y: -10, width: 112, height: 112)
        let painted = HeatmapPainter.paint(
            map(9, atX: 3, 3, elsewhere: 3), seen: seen, of: (300, 100), over: photograph)
        let changes = changes(painted, from: photograph)
        for place in changes.indices {
            let isSeen = (180..<292).contains(scale * (place % width))
            #expect((changes[place] > 0) == isSeen, "\(place % width), \(place / width)")
        }
        // Place (3, 3) is at pixel (96, 96) of 224: at half of that from the rectangle's corner.
        let strongest = changes.indices.max { changes[$0] < changes[$1] } ?? 0
        #expect(abs(scale * (strongest % width) - 228) <= 8 && abs(scale * (strongest / width) - 38) <= 8)
    }
}
