// SPDX-License-Identifier: Apache-2.0
import Processor
import TensorMath
import Testing

/// Winograd's way, at every instruction set of this machine, against the plain loops.
struct WinogradConvolutionTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var images = 1
        let channels: Int
        let height: Int
        let width: Int
        let outputs: Int
        var testDescription: String { "\(images)×\(channels)×\(height)×\(width)→\(outputs)" }
    }

    /// Around the tiles of 2 and 4 pixels and the blocks of 16 channels; large enough, too, for several chunks of either
    /// kind, and for weights of which each thread takes its share.
    static let shapes =
        [(1, 1), (1, 2), (3, 2), (4, 4), (5, 7), (7, 6), (8, 9), (14, 14)].map {
            Shape(channels: 17, height: $0, width: $1, outputs: 33)
        } + [
            Shape(images: 3, channels: 16, height: 5, width: 5, outputs: 15),
            Shape(images: 2, channels: 33, height: 9, width: 30, outputs: 16),
            Shape(images: 2, channels: 96, height: 28, width: 28, outputs: 81),
            Shape(channels: 200, height: 5, width: 7, outputs: 100),
            Shape(images: 5, channels: 1, height: 13, width: 29, outputs: 1),
        ]

    /// Around the tiles' four rows, and the widest and narrowest that a tile's pixels may be.
    static let imageShapes =
        [(7, 11), (8, 13), (9, 12), (15, 30), (17, 56), (32, 33), (61, 30)].map {
            Shape(channels: 3, height: $0, width: $1, outputs: 33)
        } + [
            Shape(images: 2, channels: 3, height: 31, width: 16, outputs: 9),
            Shape(images: 3, channels: 3, height: 20, width: 100, outputs: 64),
        ]

    static let cases =
        WinogradConvolution.Tile.allCases.filter { $0 != .image }.flatMap { tile in shapes.map { ($0, tile) } }
        + imageShapes.map { ($0, .image) }

    @Test(arguments: cases)
    func `a convolution equals plain loops`(_ shape: Shape, _ tile: WinogradConvolution.Tile) {
        let layer = Layer(shape, tile)
        // The sum of so many products of values in ±1, rounded in float32 around transforms that enlarge it.
        let rounding: Float = [.two, .stridedTwo].contains(tile) ? 2e-6 : 2e-5
        let products = shape.channels * (tile == .image ? tile.window.kernel : 1)
        let tolerance = rounding * Float(products).squareRoot() * 3
        for instructionSet in InstructionSet.available {
            for activation in [BlockedConvolution.Activation.identity, .rectified] {
                let one = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.one)
                let three = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.three)
                let alone = layer.run(activation, on: one)
                let shared = layer.run(activation, on: three)
                let values = layer.convolution.output.values(of: alone.span)
                let difference = largestDifference(values.span, layer.expected(activation))
                let isSame = alone.span.indices.allSatisfy { alone.span[$0].bitPattern == shared.span[$0].bitPattern }
                let isInside = layer.convolution.output.isWrittenInsideOnly(alone.span)
                #expect(difference <= tolerance, "\(instructionSet)")
                #expect(isSame, "\(instructionSet): threads change the result")
                #expect(isInside, "\(instructionSet): wrote outside the map")
            }
        }
    }

    /// Weights beyond any cache, and tiles enough that a batch walks them place by place; of the first, in two rounds.
    @Test(arguments: [(WinogradConvolution.Tile.four, 33), (.stridedFour, 8)])
    func `a batch's images are what each is alone`(_ tile: WinogradConvolution.Tile, images: Int) {
        let (channels, outputs, side) = (512, 496, 7)
        let inputSide = side * tile.window.stride
        func convolution(images: Int) -> WinogradConvolution {
            WinogradConvolution(
                tile: tile, input: blocked(images, channels, inputSide, inputSide, 1),
                output: blocked(images, outputs, side, side, 0))
        }
        let (batch, single) = (convolution(images: images), convolution(images: 1))
        var weights = TensorStorage(count: batch.weightCount)
        var bias = TensorStorage(count: batch.biasCount)
        var weightSpan = weights.mutableSpan
        var biasSpan = bias.mutableSpan
        for place in weightSpan.indices { weightSpan[place] = Float(place % 509 - 254) / 4096 }
        for place in biasSpan.indices { biasSpan[place] = Float(place % 7) }
        let maps = [FeatureMap].patterns(images, channels: channels, height: inputSide, width: inputSide, seed: 10)
        func result(of convolution: WinogradConvolution, _ values: [Float], on engine: ComputeEngine) -> [Float] {
            let source = convolution.input.laidOut(values)
            var scratch = TensorStorage(count: convolution.scratchCount(on: engine.team))
            var result = convolution.output.unwritten()
            var scratchSpan = scratch.mutableSpan
            var span = result.mutableSpan
            convolution.forward(
                source.span, weights: weights.span, bias: bias.span, activation: .rectified, on: engine,
                scratch: &scratchSpan, into: &span)
            return convolution.output.values(of: result.span)
        }
        for instructionSet in InstructionSet.available {
            let one = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.one)
            let three = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.three)
            let together = result(of: batch, maps.values, on: three)
            let isSame = result(of: batch, maps.values, on: one) == together
            #expect(isSame, "\(instructionSet): threads change the result")
            for image in [0, images - 1] {
                let alone = result(of: single, maps[image].values, on: three)
                let isEqual = Array(together[image * alone.count..<(image + 1) * alone.count]) == alone
                #expect(isEqual && alone.contains { $0 > 0 }, "\(instructionSet), image \(image)")
            }
        }
    }

    @Test func `a NaN reaches its neighborhood`() {
        var layer = Layer(Shape(channels: 16, height: 12, width: 12, outputs: 16), .four)
        layer.maps[0].values[5 * 12 + 6] = .nan
        for instructionSet in InstructionSet.available {
            let engine = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.one)
            let values = layer.convolution.output.values(of: layer.run(.rectified, on: engine).span)
            for y in 4...6 {
                for x in 5...7 { #expect(values[y * 12 + x].isNaN, "\(instructionSet)") }
            }
        }
    }

    @Test func `too little scratch is a programmer's error`() async {
        await #expect(processExitsWith: .failure) {
            let layer = Layer(Shape(channels: 16, height: 4, width: 4, outputs: 16), .two)
            _ = layer.run(.identity, on: ComputeEngine.shared, scratchCount: 16)
        }
    }
}

private func blocked(_ images: Int, _ channels: Int, _ height: Int, _ width: Int, _ border: Int) -> MapLayout {
    .blocked(images: images, channels: channels, height: height, width: width, border: border)
}

/// One convolution with its data.
private struct Layer {
    let convolution: WinogradConvolution
    var maps: [FeatureMap]
    private let weights: [Float]
    private let bias: [Float]

    init(_ shape: WinogradConvolutionTests.Shape, _ tile: WinogradConvolution.Tile) {
        let window = tile.window
        let layout = tile == .image ? MapLayout.planar : blocked
        convolution = WinogradConvolution(
            tile: tile,
            input: layout(shape.images, shape.channels, shape.height, shape.width, window.padding),
            output: blocked(
                shape.images, shape.outputs, window.outputExtent(shape.height), window.outputExtent(shape.width),
                shape.outputs % 2))
        maps = .patterns(
            shape.images, channels: shape.channels, height: shape.height, width: shape.width, seed: 10)
        weights = pattern(shape.outputs * shape.channels * window.kernel * window.kernel, 2)
        bias = pattern(shape.outputs, 3)
    }

    func expected(_ activation: BlockedConvolution.Activation) -> [Float] {
        let sums = maps.map {
            ReferenceLayers.biased(
                ReferenceLayers.convolution(
                    $0, weights: weights, outputChannels: bias.count,
                    window: convolution.tile.window), bias)
        }
        return activation == .identity ? sums.values : sums.map(ReferenceLayers.rectified).values
    }

    /// The whole memory of the result, NaN where nothing was written.
    func run(
        _ activation: BlockedConvolution.Activation, on engine: ComputeEngine, scratchCount: Int? = nil
    ) -> TensorStorage {
        let source = convolution.input.laidOut(maps.values)
        var packed = TensorStorage(count: convolution.weightCount)
        var packedSpan = packed.mutableSpan
        convolution.pack(weights: weights.span, into: &packedSpan, at: 0)
        var packedBias = TensorStorage(count: convolution.biasCount)
        var biasSpan = packedBias.mutableSpan
        for place in bias.indices { biasSpan[place] = bias[place] }
        var scratch = TensorStorage(count: scratchCount ?? convolution.scratchCount(on: engine.team))
        var scratchSpan = scratch.mutableSpan
        var result = convolution.output.unwritten()
        var span = result.mutableSpan
        convolution.forward(
            source.span, weights: packed.span, bias: packedBias.span, activation: activation, on: engine,
            scratch: &scratchSpan, into: &span)
        return result
    }
}
