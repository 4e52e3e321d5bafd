// SPDX-License-Identifier: Apache-2.0
import Processor
import TensorMath
import Testing

/// Every kernel, at every instruction set of this machine, against the plain loops.
struct BlockedConvolutionTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var images = 1
        let channels: Int
        let height: Int
        let width: Int
        let outputs: Int
        let window: WindowGeometry
        var testDescription: String {
            "\(images)×\(channels)×\(height)×\(width)→\(outputs), \(window.kernel)/\(window.stride)/\(window.padding)"
        }
    }

    private static let pointwise = WindowGeometry(kernel: 1, stride: 1, padding: 0)
    private static let pointwiseStrided = WindowGeometry(kernel: 1, stride: 2, padding: 0)
    private static let spatial = WindowGeometry(kernel: 3, stride: 1, padding: 1)
    private static let spatialStrided = WindowGeometry(kernel: 3, stride: 2, padding: 1)
    private static let stem = WindowGeometry(kernel: 7, stride: 2, padding: 3)

    /// Around a block's 16 channels, and around the tiles of 6 and 14 pixels.
    static let blockedShapes: [Shape] = {
        let channels = [1, 3, 15, 16, 17, 33]
        let sizes = [(1, 1), (3, 7), (7, 7), (2, 8), (5, 13), (3, 14), (1, 15), (4, 28)]
        let windows = [pointwise, pointwiseStrided, spatial, spatialStrided]
        var shapes: [Shape] = []
        for (index, input) in channels.enumerated() {
            for (height, width) in sizes {
                let outputs = channels[(index + shapes.count) % channels.count]
                shapes += windows.map {
                    Shape(channels: input, height: height, width: width, outputs: outputs, window: $0)
                }
            }
        }
        return shapes
    }()

    /// Enough pixels or weights to be cut into parts in each of the ways that there are.
    static let cutShapes = [
        Shape(channels: 16, height: 19, width: 28, outputs: 33, window: pointwise),
        Shape(channels: 16, height: 19, width: 28, outputs: 33, window: spatial),
        Shape(channels: 128, height: 7, width: 7, outputs: 128, window: spatial),
        Shape(channels: 128, height: 14, width: 9, outputs: 120, window: spatialStrided),
        Shape(channels: 1024, height: 9, width: 10, outputs: 140, window: pointwise),
        // By panels of weights: several of them, groups of pixels that end within a row, a block that is left over.
        Shape(channels: 330, height: 13, width: 11, outputs: 80, window: pointwise),
        Shape(channels: 200, height: 25, width: 27, outputs: 70, window: pointwiseStrided),
    ]

    static let imageShapes = [(7, 7), (8, 9), (32, 33), (61, 30)].flatMap { height, width in
        [1, 17, 64].map { Shape(channels: 3, height: height, width: width, outputs: $0, window: stem) }
    }

    /// Several images: rows of seven pixels are computed two at a time, also across the border between images.
    static let batchShapes = [
        Shape(images: 2, channels: 17, height: 7, width: 7, outputs: 33, window: spatial),
        Shape(images: 3, channels: 16, height: 5, width: 7, outputs: 16, window: pointwise),
        Shape(images: 3, channels: 5, height: 6, width: 9, outputs: 20, window: spatialStrided),
        Shape(images: 5, channels: 16, height: 28, width: 28, outputs: 17, window: pointwiseStrided),
        Shape(images: 8, channels: 1024, height: 7, width: 7, outputs: 160, window: pointwise),
        Shape(images: 3, channels: 90, height: 9, width: 8, outputs: 64, window: pointwise),
        Shape(images: 2, channels: 3, height: 31, width: 16, outputs: 9, window: stem),
    ]

    static let one = ComputeTeam(threadCount: 1)
    static let three = ComputeTeam(threadCount: 3)

    @Test(arguments: blockedShapes + cutShapes + imageShapes + batchShapes, Precision.floating)
    func `a convolution equals plain loops`(_ shape: Shape, _ precision: Precision) {
        let layer = Layer(shape, precision)
        for instructionSet in InstructionSet.available {
            for ending in Layer.Ending.allCases {
                let expected = layer.expected(ending)
                let alone = layer.run(ending, on: ComputeEngine(instructionSet: instructionSet, team: Self.one))
                let shared = layer.run(ending, on: ComputeEngine(instructionSet: instructionSet, team: Self.three))
                let values = layer.convolution.output.values(of: alone.span)
                let differs = zip(values, expected).first { !(abs($0 - $1) <= precision.tolerance($1)) }
                let isSame = alone.span.indices.allSatisfy { alone.span[$0].bitPattern == shared.span[$0].bitPattern }
                let isInside = layer.convolution.output.isWrittenInsideOnly(alone.span)
                #expect(differs == nil, "\(instructionSet), \(ending)")
                #expect(isSame, "\(instructionSet), \(ending): threads change the result")
                #expect(isInside, "\(instructionSet), \(ending): wrote outside the map")
            }
        }
    }

    @Test func `memory off the cache line is a programmer's error`() async {
        await #expect(processExitsWith: .failure) {
            let layer = Layer(BlockedConvolutionTests.blockedShapes[0])
            var result = TensorStorage(count: layer.convolution.output.count)
            var span = result.mutableSpan
            let weights = TensorStorage(count: layer.convolution.weightCount + 1)
            layer.convolution.forward(
                TensorStorage(count: layer.convolution.input.count).span,
                weights: weights.span.extracting(1..<weights.count),
                bias: TensorStorage(count: layer.convolution.biasCount).span, activation: .identity,
                on: ComputeEngine(instructionSet: .baseline, team: BlockedConvolutionTests.one), into: &span)
        }
    }

    @Test func `another output extent is a programmer's error`() async {
        await #expect(processExitsWith: .failure) {
            _ = BlockedConvolution(
                window: BlockedConvolutionTests.spatial, input: .blocked(channels: 1, height: 4, width: 4, border: 1),
                output: .blocked(channels: 1, height: 4, width: 3))
        }
    }
}

/// One convolution with its data, run by the plain loops and by the kernels.
private struct Layer {
    enum Ending: CaseIterable { case identity, rectified, residual }

    let convolution: BlockedConvolution
    let maps: [FeatureMap]
    let weights: [Float]
    let bias: [Float]
    let residuals: [FeatureMap]
    private let convolved: [FeatureMap]

    init(_ shape: BlockedConvolutionTests.Shape, _ precision: Precision = .float32) {
        let (height, width, padding) = (shape.height, shape.width, shape.window.padding)
        let outputHeight = shape.window.outputExtent(height)
        let outputWidth = shape.window.outputExtent(width)
        let isImage = shape.window.kernel == 7
        convolution = BlockedConvolution(
            window: shape.window,
            input: isImage
                ? .planar(
                    images: shape.images, channels: shape.channels, height: height, width: width, border: padding)
                : .blocked(
                    images: shape.images, channels: shape.channels, height: height, width: width, border: padding,
                    precision: precision),
            // A border where the input has none, and none where it has one: both ways to lay out are met.
            output: .blocked(
                images: shape.images, channels: shape.outputs, height: outputHeight, width: outputWidth,
                border: shape.outputs % 2, precision: precision))
        // An image and its weights are float32 always.
        let inputPrecision = isImage ? .float32 : precision
        let weights = inputPrecision.rounded(
            pattern(shape.outputs * shape.channels * shape.window.kernel * shape.window.kernel, 2))
        let bias = pattern(shape.outputs, 3)
        maps = .patterns(
            shape.images, channels: shape.channels, height: height, width: width, seed: 10, in: inputPrecision)
        residuals = .patterns(
            shape.images, channels: shape.outputs, height: outputHeight, width: outputWidth, seed: 40, in: precision)
        convolved = maps.map {
            ReferenceLayers.biased(
                ReferenceLayers.convolution($0, weights: weights, outputChannels: shape.outputs, window: shape.window),
                bias)
        }
        self.weights = weights
        self.bias = bias
    }

    /// [images, channels, height, width].
    func expected(_ ending: Ending) -> [Float] {
        switch ending {
        case .identity: convolved.values
        case .rectified: convolved.map(ReferenceLayers.rectified).values
        case .residual:
            zip(convolved, residuals).map { ReferenceLayers.rectified(ReferenceLayers.sum($0, $1)) }.values
        }
    }

    /// The whole memory of the result, NaN where nothing was written.
    func run(_ ending: Ending, on engine: ComputeEngine) -> TensorStorage {
        let (input, output) = (convolution.input, convolution.output)
        let source = input.laidOut(maps.values)
        let packed = packedWeights()
        var packedBias = TensorStorage(count: convolution.biasCount)
        var biasSpan = packedBias.mutableSpan
        for place in bias.indices { biasSpan[place] = bias[place] }
        var result = output.unwritten()
        var span = result.mutableSpan
        switch ending {
        case .identity, .rectified:
            convolution.forward(
                source.span, weights: packed.span, bias: packedBias.span,
                activation: ending == .identity ? .identity : .rectified, on: engine, into: &span)
        case .residual:
            output.write(residuals.values, over: &span)
            convolution.forward(
                source.span, weights: packed.span, bias: packedBias.span, addedTo: &span, on: engine)
        }
        return result
    }

    private func packedWeights() -> TensorStorage {
        var packed = TensorStorage(count: convolution.weightCount)
        var span = packed.mutableSpan
        convolution.pack(weights: weights.span, into: &span, at: 0)
        return packed
    }
}
