// SPDX-License-Identifier: Apache-2.0
import Processor
import TensorMath
import Testing

/// A convolution as training runs it, at every instruction set of this machine, against the plain loops.
struct TrainingConvolutionTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let images: Int
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

    /// Around the blocks of 16 channels and groups of four blocks, odd and even extents, one image and several.
    static let shapes: [Shape] = {
        let sizes = [(1, 1, 1), (2, 7, 7), (3, 6, 5), (1, 2, 9), (5, 1, 2)]
        let channels = [(1, 17), (16, 16), (33, 3), (15, 48), (80, 33)]
        let windows = [pointwise, pointwiseStrided, spatial, spatialStrided]
        return zip(sizes, channels).flatMap { size, channels in
            windows.map {
                Shape(
                    images: size.0, channels: channels.0, height: size.1, width: size.2, outputs: channels.1,
                    window: $0)
            }
        }
    }()

    /// Large enough for Winograd's method of either size, for several strips of rows, for shares of images and for chunks of
    /// tiles.
    static let largeShapes = [
        Shape(images: 2, channels: 18, height: 28, width: 28, outputs: 33, window: spatial),
        Shape(images: 3, channels: 33, height: 14, width: 15, outputs: 16, window: spatial),
        Shape(images: 3, channels: 20, height: 29, width: 30, outputs: 17, window: spatialStrided),
        Shape(images: 2, channels: 40, height: 20, width: 19, outputs: 24, window: pointwise),
        Shape(images: 2, channels: 130, height: 9, width: 10, outputs: 260, window: pointwise),
        Shape(images: 2, channels: 16, height: 9, width: 130, outputs: 16, window: spatial),
        Shape(images: 1, channels: 65, height: 3, width: 230, outputs: 66, window: spatialStrided),
        Shape(images: 4, channels: 16, height: 40, width: 41, outputs: 96, window: spatial),
        Shape(images: 2, channels: 70, height: 7, width: 9, outputs: 140, window: spatial),
        // Weights so large that they are transformed where they are met, forward and, turned, to the input.
        Shape(images: 2, channels: 170, height: 6, width: 7, outputs: 181, window: spatial),
    ]

    static let imageShapes = [(1, 7, 7, 1), (2, 9, 8, 17), (3, 33, 32, 64), (1, 6, 250, 16)].map {
        Shape(images: $0, channels: 3, height: $1, width: $2, outputs: $3, window: stem)
    }

    @Test(arguments: shapes + largeShapes + imageShapes, Precision.floating)
    func `forward and backward equal plain loops`(_ shape: Shape, _ precision: Precision) {
        let layer = Layer(shape, precision)
        // Sums of n products of values in ±1 in float32, Winograd's (of 3×3) around transforms that enlarge the rounding.
        let tolerance = (shape.window.kernel == 3 ? 5e-5 : 1e-5) * Float(shape.channels + shape.outputs).squareRoot()
        // By Winograd's method six times as much, as for the maps above.
        let isWinograd = shape.window == Self.spatial && shape.height * shape.width >= 36
        let weightTolerance =
            (isWinograd ? 1.2e-5 : 2e-6) * Float(shape.images * shape.height * shape.width).squareRoot()
        for instructionSet in InstructionSet.available {
            let alone = layer.run(ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.one))
            let shared = layer.run(ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.three))
            let output = largestDifference(alone.output.span, layer.output.values, roundings: layer.outputRoundings)
            #expect(output <= tolerance, "\(instructionSet)")
            // Sums of products of what both have: the gradient of weights is never rounded.
            #expect(
                largestDifference(alone.weights.span, layer.gradients.weights) <= weightTolerance, "\(instructionSet)")
            let input = largestDifference(alone.input.span, layer.inputGradient, roundings: layer.inputRoundings)
            #expect(input <= tolerance, "\(instructionSet)")
            let masked = largestDifference(alone.masked.span, layer.maskedGradient, roundings: layer.maskedRoundings)
            #expect(masked <= tolerance, "\(instructionSet), where the input is above zero")
            #expect(alone == shared, "\(instructionSet): threads change the result")
        }
    }
}

/// One convolution with its data, run by the plain loops and by the kernels.
private struct Layer {
    struct Results: Equatable {
        var output: [Float]
        var weights: [Float]
        /// Where the window is 1×1, added to `existing`; empty for the stem.
        var input: [Float]
        /// The same where the input is above zero; empty where the window isn't 1×1.
        var masked: [Float]
    }

    let shape: TrainingConvolutionTests.Shape
    let precision: Precision
    let input: FeatureBatch<Float>
    let output: FeatureBatch<Float>
    let gradient: FeatureBatch<Float>
    let gradients: (input: FeatureBatch<Float>, weights: [Float])
    let inputGradient: [Float]
    /// The most that a map's roundings change each value by: a strided 1×1's gradient is rounded before it is added, too.
    var outputRoundings: [Float] { output.values.map { abs($0) * precision.rounding } }
    var inputRoundings: [Float] {
        inputGradient.indices.map {
            (abs(inputGradient[$0]) + (shape.window.kernel == 1 ? abs(gradients.input.values[$0]) : 0))
                * precision.rounding
        }
    }
    var maskedGradient: [Float] {
        shape.window.kernel == 1 ? input.with(inputGradient).kept(where: input).values : []
    }
    var maskedRoundings: [Float] {
        shape.window.kernel == 1 ? input.with(inputRoundings).kept(where: input).values : []
    }
    /// As training has them; products take them rounded.
    private let weights: [Float]
    private let existing: FeatureBatch<Float>
    private var isStem: Bool { shape.window.kernel == 7 }

    init(_ shape: TrainingConvolutionTests.Shape, _ precision: Precision) {
        self.shape = shape
        self.precision = precision
        let batch = FeatureBatch.pattern(shape.images, shape.channels, shape.height, shape.width, seed: 1)
        input = shape.window.kernel == 7 ? batch : batch.rounded(to: precision)
        existing = .pattern(shape.images, shape.channels, shape.height, shape.width, seed: 4).rounded(to: precision)
        weights = pattern(shape.outputs * shape.channels * shape.window.kernel * shape.window.kernel, 2)
        let rounded = precision.rounded(weights)
        output = ReferenceConvolution.forward(
            input, weights: rounded, outputChannels: shape.outputs, window: shape.window)
        gradient = output.with(precision.rounded(pattern(output.values.count, 3)))
        gradients = ReferenceConvolution.backward(gradient, input: input, weights: rounded, window: shape.window)
        let fromOthers = shape.window.kernel == 1 ? existing : existing.with(existing.values.map { _ in 0 })
        inputGradient =
            shape.window.kernel == 7 ? [] : ReferenceRectifier.sum(gradients.input, fromOthers).values
    }

    func run(_ engine: ComputeEngine) -> Results {
        let convolution = convolution
        let scratch = ConvolutionScratch(convolution.scratchCounts(on: engine.team)) { Tensor(count: $0).all }
        let packed = Tensor(count: convolution.weights.count).all
        var span = packed.mutableSpan
        convolution.weights.pack(weights.span, into: &span)
        let map = BlockedMap.filled(convolution.input, input)
        let result = BlockedMap.new(convolution.output)
        convolution.forward(map, weights: packed, scratch: scratch, on: engine, into: result)
        let outputGradient = BlockedMap.filled(convolution.outputGradient, gradient)
        let weightGradient = Tensor(count: convolution.weights.count).all
        convolution.backwardToWeights(
            outputGradient, input: map, scratch: scratch, on: engine, into: weightGradient)
        return Results(
            output: result.values, weights: convolution.weights.values(of: weightGradient.span),
            input: isStem ? [] : backward(convolution, outputGradient, packed, scratch, engine),
            masked: shape.window.kernel == 1
                ? backward(
                    convolution, outputGradient, packed, scratch, engine,
                    where: .of(input, convolution.inputGradientLayout)) : [])
    }

    private func backward(
        _ convolution: TrainingConvolution, _ outputGradient: BlockedMap, _ packed: TensorSlice,
        _ scratch: ConvolutionScratch, _ engine: ComputeEngine, where signs: SignMap? = nil
    ) -> [Float] {
        // What other paths brought is masked already.
        let result = BlockedMap.filled(
            convolution.inputGradientLayout, signs == nil ? existing : existing.kept(where: input))
        if shape.window.kernel == 1 {
            convolution.backwardToInput(
                outputGradient, weights: packed, scratch: scratch, on: engine, addingTo: result, where: signs)
        } else {
            convolution.backwardToInput(outputGradient, weights: packed, scratch: scratch, on: engine, into: result)
        }
        return result.values
    }

    private var convolution: TrainingConvolution {
        let padding = shape.window.padding
        return TrainingConvolution(
            window: shape.window,
            input: isStem
                ? .planar(
                    images: shape.images, channels: shape.channels, height: shape.height, width: shape.width,
                    border: padding)
                : .blocked(
                    images: shape.images, channels: shape.channels, height: shape.height, width: shape.width,
                    border: padding, precision: precision),
            output: .blocked(
                images: shape.images, channels: shape.outputs, height: output.height, width: output.width,
                precision: precision))
    }
}
