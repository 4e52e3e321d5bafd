import Fixtures
import Testing

@testable import FundusImage

/// The streaming resize equals the reference on every sample.
@Suite struct ResizeTests {
    static let sizes = [
        (1, 1), (1, 7), (7, 1), (2, 3), (13, 9), (16, 16), (17, 31), (64, 5), (5, 64), (33, 33), (100, 100), (1, 300),
    ]

    @Test(arguments: sizes, sizes)
    func streamingEqualsReference(_ source: (Int, Int), _ target: (Int, Int)) {
        let picture = noise(width: source.0, height: source.1)
        var resizer = StreamingResizer(from: source, to: target)
        for y in 0..<picture.height {
            let row = Array(picture.pixels[y * picture.width * 3..<(y + 1) * picture.width * 3])
            resizer.add(row.span)
        }
        #expect(resizer.finish() == ReferenceResizer.resize(picture, to: target))
    }

    @Test func sameSizeChangesNothing() {
        let picture = noise(width: 9, height: 11)
        #expect(ReferenceResizer.resize(picture, to: (9, 11)) == picture)
    }

    @Test(arguments: [(1, 1), (3, 2), (2, 3), (224, 224), (4928, 224), (1, 500), (65500, 7)])
    func weightsOfAWindowSumToOne(_ axis: (Int, Int)) {
        let weights = ResamplingWeights(from: axis.0, to: axis.1)
        for window in weights.windows {
            #expect(window.first >= 0 && window.end <= axis.0)
            let sum = weights.fixedPoint[window.weights].reduce(0) { $0 + Int($1) }
            #expect(abs(sum - 1 << ResamplingWeights.fractionBits) <= window.weights.count)
        }
    }

    private func noise(width: Int, height: Int) -> RGBPicture {
        var generator = SeededGenerator(seed: UInt64(width * 1000 + height))
        let pixels = (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return RGBPicture(width: width, height: height, pixels: pixels)
    }
}
