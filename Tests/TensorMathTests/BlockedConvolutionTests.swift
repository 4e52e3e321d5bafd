import TensorMath
import Testing

/// Every kernel, at every instruction set of this machine, against the plain loops.
struct BlockedConvolutionTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let channels: Int
        let height: Int
        let width: Int
        let outputs: Int
        let window: WindowGeometry
        var testDescription: String {
            "\(channels)×\(height)×\(width)→\(outputs), \(window.kernel)/\(window.stride)/\(window.padding)"
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
    ]

    static let imageShapes = [(7, 7), (8, 9), (32, 33), (61, 30)].flatMap { height, width in
        [1, 17, 64].map { Shape(channels: 3, height: height, width: width, outputs: $0, window: stem) }
    }

    static let one = ComputeTeam(threadCount: 1)
    static let three = ComputeTeam(threadCount: 3)

    @Test(arguments: blockedShapes + cutShapes + imageShapes) func equalsPlainLoops(_ shape: Shape) {
        let layer = Layer(shape)
        for instructionSet in InstructionSet.available {
            for ending in Layer.Ending.allCases {
                let expected = layer.expected(ending)
                let alone = layer.run(ending, on: ComputeEngine(instructionSet: instructionSet, team: Self.one))
                let shared = layer.run(ending, on: ComputeEngine(instructionSet: instructionSet, team: Self.three))
                let values = layer.convolution.output.values(of: alone.span)
                let difference = largestDifference(values.span, expected.values)
                let isSame = alone.span.indices.allSatisfy { alone.span[$0].bitPattern == shared.span[$0].bitPattern }
                let isInside = layer.isWrittenInsideOnly(alone.span)
                #expect(difference <= 1e-4, "\(instructionSet), \(ending)")
                #expect(isSame, "\(instructionSet), \(ending): threads change the result")
                #expect(isInside, "\(instructionSet), \(ending): wrote outside the map")
            }
        }
    }

    @Test func memoryOffTheCacheLineIsAProgrammersError() async {
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

    @Test func anotherOutputExtentIsAProgrammersError() async {
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
    let map: FeatureMap
    let weights: [Float]
    let bias: [Float]
    let residual: FeatureMap
    private let convolved: FeatureMap

    init(_ shape: BlockedConvolutionTests.Shape) {
        let (height, width, padding) = (shape.height, shape.width, shape.window.padding)
        let outputHeight = shape.window.outputExtent(height)
        let outputWidth = shape.window.outputExtent(width)
        let isImage = shape.window.kernel == 7
        convolution = BlockedConvolution(
            window: shape.window,
            input: isImage
                ? .planar(channels: shape.channels, height: height, width: width, border: padding)
                : .blocked(channels: shape.channels, height: height, width: width, border: padding),
            // A border where the input has none, and none where it has one: both ways to lay out are met.
            output: .blocked(
                channels: shape.outputs, height: outputHeight, width: outputWidth, border: shape.outputs % 2))
        map = FeatureMap(
            channels: shape.channels, height: height, width: width, values: pattern(shape.channels * height * width, 1))
        weights = pattern(shape.outputs * shape.channels * shape.window.kernel * shape.window.kernel, 2)
        bias = pattern(shape.outputs, 3)
        residual = FeatureMap(
            channels: shape.outputs, height: outputHeight, width: outputWidth,
            values: pattern(shape.outputs * outputHeight * outputWidth, 4))
        let sums = ReferenceLayers.convolution(
            map, weights: weights, outputChannels: shape.outputs, window: shape.window)
        let ones = [Float](repeating: 1, count: shape.outputs)
        let zeros = [Float](repeating: 0, count: shape.outputs)
        convolved = ReferenceLayers.batchNormalization(
            sums, scale: ones, shift: bias, mean: zeros, variance: ones, epsilon: 0)
    }

    func expected(_ ending: Ending) -> FeatureMap {
        switch ending {
        case .identity: convolved
        case .rectified: ReferenceLayers.rectified(convolved)
        case .residual: ReferenceLayers.rectified(ReferenceLayers.sum(convolved, residual))
        }
    }

    /// The whole memory of the result, NaN where nothing was written.
    func run(_ ending: Ending, on engine: ComputeEngine) -> TensorStorage {
        let (input, output) = (convolution.input, convolution.output)
        let source = laidOut(map.values, input)
        let packed = packedWeights()
        var packedBias = TensorStorage(count: convolution.biasCount)
        var biasSpan = packedBias.mutableSpan
        for place in bias.indices { biasSpan[place] = bias[place] }
        var result = TensorStorage(count: output.count)
        var span = result.mutableSpan
        for place in span.indices { span[place] = .nan }
        switch ending {
        case .identity, .rectified:
            convolution.forward(
                source.span, weights: packed.span, bias: packedBias.span,
                activation: ending == .identity ? .identity : .rectified, on: engine, into: &span)
        case .residual:
            let added = laidOut(residual.values, output)
            convolution.forward(
                source.span, weights: packed.span, bias: packedBias.span, adding: added.span, on: engine, into: &span)
        }
        return result
    }

    /// Whether border and pitch are as they were, and missing channels are zeros.
    func isWrittenInsideOnly(_ result: Span<Float>) -> Bool {
        let output = convolution.output
        let written = output.planes * MapLayout.blockLanes * output.height * output.width
        let missing = (output.planes * MapLayout.blockLanes - output.channels) * output.height * output.width
        var (untouched, zeros) = (0, 0)
        for place in result.indices {
            untouched += result[place].isNaN ? 1 : 0
            zeros += result[place] == 0 ? 1 : 0
        }
        return untouched == output.count - written && zeros >= missing
    }

    private func packedWeights() -> TensorStorage {
        var packed = TensorStorage(count: convolution.weightCount)
        var span = packed.mutableSpan
        convolution.pack(weights: weights.span, into: &span, at: 0)
        return packed
    }

    private func laidOut(_ values: [Float], _ layout: MapLayout) -> TensorStorage {
        var storage = TensorStorage(count: layout.count)
        var span = storage.mutableSpan
        layout.fill(&span, from: values.span)
        return storage
    }
}
