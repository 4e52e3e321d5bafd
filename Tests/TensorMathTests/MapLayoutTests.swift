// SPDX-License-Identifier: Apache-2.0
import Processor
import TensorMath
import Testing

struct MapLayoutTests {
    /// Odd and even extents, more channels than a block has, and one whose planes lie apart.
    private static let extents = [
        (images: 1, channels: 16, height: 1, width: 1), (2, 20, 3, 4), (1, 33, 5, 2), (3, 16, 4, 7), (1, 40, 14, 14),
    ]

    @Test(arguments: extents, [Precision.float32, .bfloat16, .int8])
    func `a border is cleared and nothing else`(
        extent: (images: Int, channels: Int, height: Int, width: Int), precision: Precision
    ) {
        let engine = ComputeEngine(instructionSet: .best, team: BlockedConvolutionTests.three)
        for border in 0...2 {
            let layout = MapLayout.blocked(
                images: extent.images, channels: extent.channels, height: extent.height, width: extent.width,
                border: border, precision: precision)
            // The same memory, with the border as pixels.
            let (height, width) = (extent.height + 2 * border, extent.width + 2 * border)
            let whole = MapLayout.blocked(
                images: extent.images, channels: layout.planes * MapLayout.blockLanes, height: height, width: width,
                precision: precision)
            let values = (0..<whole.valueCount).map { Float($0 % 251 + 1) }
            var storage = TensorStorage(count: layout.count)
            var span = storage.mutableSpan
            // What lies behind a plane is no pixel, and is left alone.
            for place in span.indices { span[place] = Float(bitPattern: 0x4040_4040) }
            whole.fill(&span, from: values.span)
            let before = storage.bytes
            var map = storage.mutableSpan
            layout.clearBorder(of: &map, on: engine)
            let expected = values.indices.map { place in
                let (y, x) = (place / width % height, place % width)
                let isInside = (border..<height - border).contains(y) && (border..<width - border).contains(x)
                return isInside ? values[place] : 0
            }
            let isRight = whole.values(of: storage.span) == expected
            #expect(isRight, "border \(border)")
            let changed = zip(before, storage.bytes).filter { $0 != $1 }
            #expect(changed.allSatisfy { $1 == 0 })
        }
    }
}
