// SPDX-License-Identifier: Apache-2.0
import TensorMath
import Testing

/// What was measured to be fastest, by the extent of the map: `docs/numerics.md`.
struct ConvolutionChoiceTests {
    private static let spatial = WindowGeometry(kernel: 3, stride: 1, padding: 1)
    private static let spatialStrided = WindowGeometry(kernel: 3, stride: 2, padding: 1)

    private func choice(
        _ side: Int, _ precision: Precision = .float32, isTraining: Bool = false, window: WindowGeometry = spatial,
        images: Int = 1
    ) -> ConvolutionChoice.Method {
        let output = MapLayout.blocked(images: images, channels: 16, height: side, width: side, precision: precision)
        let convolution = ConvolutionChoice.Case(window: window, of: output)
        let choice =
            isTraining ? ConvolutionChoice.whileTraining(convolution) : ConvolutionChoice.whileJudging(convolution)
        #expect(!choice.reason.isEmpty)
        return choice.method
    }

    /// The maps of networks that take 224, 320 and other pixels a side.
    @Test(arguments: [
        (80, WinogradConvolution.Tile.four), (56, .four), (40, .four), (28, .four), (20, .four), (16, .four),
        (12, .four),
        (14, .three), (13, .three), (10, .two), (8, .two), (7, .two), (6, .two), (5, nil), (1, nil),
    ])
    func `judging takes the measured size`(side: Int, expected: WinogradConvolution.Tile?) {
        #expect(choice(side).winogradTile == expected)
        #expect(choice(side, .bfloat16) == (side >= 28 ? .winograd(.four) : .direct))
    }

    @Test(arguments: [
        (40, WinogradConvolution.Tile.stridedFour), (28, .stridedFour), (20, .stridedFour), (14, .stridedTwo),
        (10, .stridedTwo), (9, nil), (7, nil),
    ])
    func `judging with stride 2 takes the measured size`(side: Int, expected: WinogradConvolution.Tile?) {
        #expect(choice(side, window: Self.spatialStrided).winogradTile == expected)
        #expect(choice(side, .bfloat16, window: Self.spatialStrided) == .direct)
    }

    /// Large tiles where a batch's repay their weights: from 32 on.
    @Test(arguments: [
        (7, 8, WinogradConvolution.Tile.four, WinogradConvolution.Tile.stridedFour), (7, 7, .two, nil),
        (8, 8, .four, .stridedFour), (10, 4, .four, .stridedTwo), (10, 3, .two, .stridedTwo),
        (14, 8, .three, .stridedTwo), (6, 100, .two, nil), (5, 100, nil, nil),
    ])
    func `judging batches takes the measured size`(
        side: Int, images: Int, expected: WinogradConvolution.Tile?, strided: WinogradConvolution.Tile?
    ) {
        #expect(choice(side, images: images).winogradTile == expected)
        #expect(choice(side, window: Self.spatialStrided, images: images).winogradTile == strided)
        #expect(choice(side, .bfloat16, images: images) == .direct)
        #expect(choice(side, isTraining: true, images: images) == choice(side, isTraining: true))
    }

    @Test(arguments: [(112, true), (6, true), (5, false)])
    func `an image goes by Winograd where a register fits into its rows`(side: Int, isWinograd: Bool) {
        let stem = WindowGeometry(kernel: 7, stride: 2, padding: 3)
        for precision in Precision.floating {
            #expect(choice(side, precision, window: stem) == (isWinograd ? .winograd(.image) : .direct))
        }
        #expect(choice(side, isTraining: true, window: stem) == .direct)
    }

    @Test(arguments: [
        (56, true, true), (14, true, true), (13, true, false), (7, true, false), (6, true, false), (5, false, false),
    ])
    func `training takes large tiles where they save`(side: Int, isLarge: Bool, isLargeInBFloat16: Bool) {
        #expect(choice(side, isTraining: true) == (isLarge ? .winograd(.four) : .direct))
        #expect(choice(side, .bfloat16, isTraining: true) == (isLargeInBFloat16 ? .winograd(.four) : .direct))
    }

    @Test(arguments: [(56, true), (14, true), (7, true), (6, true), (5, false), (1, false)])
    func `weights' gradients take large tiles where they save`(side: Int, isLarge: Bool) {
        for precision in Precision.floating {
            let output = MapLayout.blocked(channels: 16, height: side, width: side, precision: precision)
            let convolution = ConvolutionChoice.Case(window: Self.spatial, of: output)
            let expected: ConvolutionChoice.Method = isLarge ? .winograd(.four) : .direct
            #expect(ConvolutionChoice.ofWeightGradients(convolution).method == expected)
        }
    }

    @Test(arguments: [(1, 1, 0), (3, 1, 0), (1, 2, 0)]) func `other windows are direct`(
        kernel: Int, stride: Int, padding: Int
    ) {
        let window = WindowGeometry(kernel: kernel, stride: stride, padding: padding)
        #expect(choice(56, window: window) == .direct)
        #expect(choice(56, isTraining: true, window: window) == .direct)
        #expect(choice(56, isTraining: true, window: Self.spatialStrided) == .direct)
    }
}
