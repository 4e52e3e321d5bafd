// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Processor
import TensorMath
import Testing

@testable import FundusImage

/// The streaming resize equals the reference on every sample.
@Suite struct ResizeTests {
    static let sizes = [
        (1, 1), (1, 7), (7, 1), (2, 3), (13, 9), (16, 16), (17, 31), (64, 5), (5, 64), (33, 33), (100, 100), (1, 300),
    ]

    @Test(arguments: sizes, sizes)
    func `streaming equals the reference`(_ source: (Int, Int), _ target: (Int, Int)) {
        let picture = noise(width: source.0, height: source.1)
        let reference = ReferenceResizer.resize(picture, to: target)
        for instructionSet in InstructionSet.available {
            var resizer = StreamingResizer(from: source, to: target, on: instructionSet)
            feed(picture, to: &resizer)
            #expect(resizer.finish() == reference, "\(instructionSet)")
        }
    }

    /// A side that the shrinkage does not divide leaves a last pixel of which the picture covers a part.
    @Test(arguments: [(96, 64), (97, 65), (101, 71), (103, 66)], [DecodeShrinkage.half, .quarter, .eighth])
    func `streaming equals the reference on shrunk pictures`(_ source: (Int, Int), _ shrinkage: DecodeShrinkage) {
        let picture = noise(width: shrinkage.side(of: source.0), height: shrinkage.side(of: source.1))
        let extent = (shrinkage.extent(of: source.0), shrinkage.extent(of: source.1))
        var resizer = StreamingResizer(from: source, shrunk: shrinkage, to: (7, 5), on: .best)
        feed(picture, to: &resizer)
        #expect(resizer.finish() == ReferenceResizer.resize(picture, covering: extent, to: (7, 5)))
    }

    /// Within the frame, beyond it on each side and on all, and far from it; odd sizes.
    static let rectangles = [
        PictureRectangle(x: 3, y: 2, width: 11, height: 13), PictureRectangle(x: -5, y: 3, width: 17, height: 9),
        PictureRectangle(x: 20, y: 3, width: 33, height: 9), PictureRectangle(x: 3, y: -7, width: 13, height: 21),
        PictureRectangle(x: 3, y: 25, width: 13, height: 40), PictureRectangle(x: -9, y: -31, width: 60, height: 90),
        PictureRectangle(x: -40, y: -40, width: 41, height: 41), PictureRectangle(x: -40, y: 2, width: 9, height: 9),
        PictureRectangle(x: 2, y: 99, width: 9, height: 7), PictureRectangle(x: 30, y: 0, width: 1, height: 1),
        PictureRectangle(x: 0, y: -2000, width: 5, height: 4001),
    ]

    @Test(arguments: rectangles, [(1, 1), (7, 5), (16, 16), (33, 64)])
    func `cutting equals the reference`(_ rectangle: PictureRectangle, _ target: (Int, Int)) {
        for (width, height) in [(31, 37), (1, 300), (64, 3)] {
            let picture = noise(width: width, height: height)
            let reference = ReferenceResizer.resize(picture, cutting: rectangle, to: target)
            for instructionSet in InstructionSet.available {
                var resizer = StreamingResizer(
                    from: (width, height), cutting: rectangle, to: target, on: instructionSet)
                feed(picture, to: &resizer)
                #expect(resizer.finish() == reference, "\(instructionSet), \(width) × \(height)")
            }
        }
    }

    /// A rectangle of the source may begin and end within a shrunk pixel.
    @Test(arguments: rectangles, [DecodeShrinkage.half, .quarter, .eighth])
    func `cutting equals the reference on shrunk pictures`(_ rectangle: PictureRectangle, _ shrinkage: DecodeShrinkage)
    {
        let source = (width: 97, height: 65)
        let picture = noise(width: shrinkage.side(of: source.width), height: shrinkage.side(of: source.height))
        let across = shrinkage.cut(from: rectangle.x, length: rectangle.width)
        let down = shrinkage.cut(from: rectangle.y, length: rectangle.height)
        #expect(Double(across.offset) + across.start == Double(rectangle.x) / Double(shrinkage.rawValue))
        let touched = PictureRectangle(
            x: across.offset, y: down.offset, width: across.sampleCount, height: down.sampleCount)
        let reference = ReferenceResizer.resize(
            ReferenceResizer.cut(touched, from: picture),
            cutting: (
                AxisCut(offset: 0, start: across.start, length: across.length),
                AxisCut(offset: 0, start: down.start, length: down.length)
            ), to: (7, 5))
        for instructionSet in InstructionSet.available {
            var resizer = StreamingResizer(
                from: source, cutting: rectangle, shrunk: shrinkage, to: (7, 5), on: instructionSet)
            feed(picture, to: &resizer)
            #expect(resizer.finish() == reference, "\(instructionSet)")
        }
    }

    /// Rows for two resizers are as far apart as one of them needs.
    @Test func `rows may lie farther apart`() {
        let picture = noise(width: 33, height: 21)
        var resizer = StreamingResizer(from: (33, 21), to: (9, 8), on: .best)
        feed(picture, to: &resizer, pitch: resizer.pitch + 96)
        #expect(resizer.finish() == ReferenceResizer.resize(picture, to: (9, 8)))
    }

    /// The picture's center stays where it is, however much is cut off a last pixel.
    @Test func `a last pixel in part moves nothing`() {
        let weights = ResamplingWeights(from: 500, covering: 499.5, to: 1)
        var moment = 0.0
        for (x, tap) in zip(weights.windows[0].first..<weights.windows[0].end, weights.windows[0].weights) {
            moment += (Double(x) + 0.5) * Double(weights.fixedPoint[tap])
        }
        #expect(abs(moment / Double(1 << ResamplingWeights.fractionBits) - 499.5 / 2) < 0.3)
    }

    struct Choice: Sendable, CustomTestStringConvertible {
        let source: (width: Int, height: Int)
        let shrinkage: DecodeShrinkage
        var testDescription: String { "\(source.width) × \(source.height)" }
    }

    static let choices = [
        Choice(source: (224, 224), shrinkage: .none), Choice(source: (1791, 1791), shrinkage: .none),
        Choice(source: (1792, 1792), shrinkage: .half), Choice(source: (1792, 1791), shrinkage: .none),
        Choice(source: (3583, 4000), shrinkage: .half), Choice(source: (3584, 3584), shrinkage: .quarter),
        Choice(source: (4928, 3264), shrinkage: .half), Choice(source: (65500, 100), shrinkage: .none),
        Choice(source: (7168, 7168), shrinkage: .eighth), Choice(source: (65500, 65500), shrinkage: .eighth),
    ]

    @Test(arguments: choices) func `four pixels a side stay`(_ choice: Choice) {
        #expect(DecodeFidelity.scaled.shrinkage(from: choice.source, to: (224, 224)) == choice.shrinkage)
        #expect(DecodeFidelity.full.shrinkage(from: choice.source, to: (224, 224)) == .none)
    }

    @Test func `the same size changes nothing`() {
        let picture = noise(width: 9, height: 11)
        #expect(ReferenceResizer.resize(picture, to: (9, 11)) == picture)
    }

    @Test(arguments: [(1, 1), (3, 2), (2, 3), (224, 224), (4928, 224), (1, 500), (65500, 7)])
    func `weights of a window sum to one`(_ axis: (Int, Int)) {
        let weights = ResamplingWeights(from: axis.0, to: axis.1)
        for window in weights.windows {
            #expect(window.first >= 0 && window.end <= axis.0)
            let sum = weights.fixedPoint[window.weights].reduce(0) { $0 + Int($1) }
            #expect(abs(sum - 1 << ResamplingWeights.fractionBits) <= window.weights.count)
        }
    }

    private func feed(_ picture: RGBPicture, to resizer: inout StreamingResizer, pitch: Int? = nil) {
        let (group, pitch) = (StreamingResizer.rowsAtOnce, pitch ?? resizer.pitch)
        for y in stride(from: 0, to: picture.height, by: group) {
            // What stands behind and below the pixels must not matter.
            var rows = [UInt8](repeating: 0xA5, count: group * pitch)
            for row in y..<min(y + group, picture.height) {
                for x in 0..<picture.width {
                    let pixel = picture.pixels[(row * picture.width + x) * 3..<(row * picture.width + x + 1) * 3]
                    let place = (row - y) * pitch + 4 * x
                    rows.replaceSubrange(place..<place + 3, with: pixel)
                }
            }
            resizer.add(rows.span)
        }
    }

    private func noise(width: Int, height: Int) -> RGBPicture {
        var generator = SeededGenerator(seed: UInt64(width * 1000 + height))
        let pixels = (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return RGBPicture(width: width, height: height, pixels: pixels)
    }
}
