// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Processor
import TensorMath
import Testing

/// The first convolution in words, at every instruction set of this machine, against the plain loops: the same bits.
struct QuantizedImageConvolutionTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var images = 1
        let height: Int
        let width: Int
        let outputs: Int
        var testDescription: String { "\(images) of \(height)×\(width) to \(outputs)" }
    }

    static let shapes = [
        Shape(height: 1, width: 1, outputs: 1), Shape(height: 2, width: 5, outputs: 16),
        Shape(height: 7, width: 8, outputs: 17), Shape(images: 2, height: 9, width: 11, outputs: 33),
        Shape(images: 3, height: 6, width: 57, outputs: 64), Shape(height: 31, width: 62, outputs: 48),
        Shape(height: 40, width: 224, outputs: 64),
    ]

    /// A convolution with its data.
    private struct Layer {
        let shape: Shape
        let values: [Float]
        let weights: [Int16]
        let scaling: QuantizedScaling

        var convolution: QuantizedImageConvolution {
            let window = QuantizedImageConvolution.window
            return QuantizedImageConvolution(
                images: shape.images, height: shape.height, width: shape.width,
                output: .blocked(
                    images: shape.images, channels: shape.outputs, height: window.outputExtent(shape.height),
                    width: window.outputExtent(shape.width), border: 1, precision: .int8))
        }

        /// Bytes [images, outputs, height, width].
        var expected: [Float] {
            let pixels = 3 * shape.height * shape.width
            return (0..<shape.images).flatMap { image in
                let map = ReferenceQuantizedConvolution.Map(
                    channels: 3, height: shape.height, width: shape.width,
                    values: values[image * pixels..<(image + 1) * pixels].map(ReferenceQuantizedConvolution.word))
                let sums = ReferenceQuantizedConvolution.sums(
                    map, weights, outputs: shape.outputs, window: QuantizedImageConvolution.window)
                return ReferenceQuantizedConvolution.scaled(sums, scaling)
                    .map { Float(ReferenceQuantizedConvolution.byte($0)) }
            }
        }

        /// - Parameter fill: what the result's memory holds before.
        func run(on engine: ComputeEngine, fill: UInt8) -> TensorStorage {
            let convolution = convolution
            var image = TensorStorage(count: convolution.imageCount)
            var packed = TensorStorage(count: convolution.weightCount)
            var constants = TensorStorage(count: convolution.scalingCount)
            var result = TensorStorage(count: convolution.output.count)
            var imageSpan = image.mutableSpan
            var packedSpan = packed.mutableSpan
            var constantSpan = constants.mutableSpan
            var span = result.mutableSpan
            for place in span.indices { span[place] = Float(bitPattern: UInt32(fill) * 0x0101_0101) }
            let isFinite = convolution.fill(&imageSpan, from: values.span, on: engine)
            #expect(isFinite == values.allSatisfy(\.isFinite))
            convolution.pack(weights: weights, into: &packedSpan, at: 0)
            convolution.pack(scaling: scaling, into: &constantSpan, at: 0)
            convolution.forward(image.span, weights: packed.span, scaling: constants.span, on: engine, into: &span)
            return result
        }
    }

    private static func layer(_ shape: Shape) -> Layer {
        let rounded = QuantizedImageWeights(pattern(shape.outputs * 147, 21), outputs: shape.outputs)
        return Layer(
            shape: shape, values: pattern(shape.images * 3 * shape.height * shape.width, 22).map { $0 * 3 },
            weights: rounded.integers,
            scaling: QuantizedScaling(
                weights: rounded.steps, bias: pattern(shape.outputs, 23).map { $0 + 4 },
                input: QuantizedImageConvolution.step, output: 0.06))
    }

    @Test(arguments: shapes) func `equals plain loops`(_ shape: Shape) {
        let layer = Self.layer(shape)
        let (layout, expected) = (layer.convolution.output, layer.expected)
        #expect(shape.outputs < 16 || Set(expected).count > 16, "says nothing")
        for instructionSet in InstructionSet.available {
            let alone = layer.run(
                on: .init(instructionSet: instructionSet, team: QuantizedConvolutionTests.one), fill: 0x55)
            let shared = layer.run(
                on: .init(instructionSet: instructionSet, team: QuantizedConvolutionTests.three), fill: 0xaa)
            // Where they differ, a list of all differences would take minutes.
            let (isEqual, isEqualShared) = (
                layout.values(of: alone.span) == expected, layout.values(of: shared.span) == expected
            )
            #expect(isEqual, "\(instructionSet)")
            #expect(isEqualShared, "\(instructionSet), three threads")
            let untouched = zip(alone.bytes, shared.bytes).count { $0 == 0x55 && $1 == 0xaa }
            let inside = layout.images * layout.height * layout.width * layout.planes * MapLayout.blockLanes
            #expect(untouched == alone.bytes.count - inside, "wrote outside")
        }
    }

    /// The largest sums that the limits admit, of either sign.
    @Test(arguments: [4, -4, 1e30, -Float.infinity] as [Float]) func `nothing overflows`(value: Float) {
        let shape = Shape(height: 8, width: 8, outputs: 2)
        let weights = [Float](repeating: 1, count: 147) + [Float](repeating: -1, count: 147)
        let rounded = QuantizedImageWeights(weights, outputs: 2)
        let sum = rounded.integers.prefix(147).reduce(0) { $0 + Int($1) } * QuantizedImageConvolution.largest
        #expect(sum > Int(Int32.max) - 1_300_000)
        let layer = Layer(
            shape: shape, values: [Float](repeating: value, count: 3 * 64), weights: rounded.integers,
            scaling: QuantizedScaling(factors: [Float](repeating: 200 / Float(sum), count: 2), bias: [7, 7]))
        let expected = layer.expected
        #expect(expected.max() == 207 && expected.min() == 0)
        for instructionSet in InstructionSet.available {
            let result = layer.run(
                on: .init(instructionSet: instructionSet, team: QuantizedConvolutionTests.one), fill: 0)
            let isRight = layer.convolution.output.values(of: result.span) == expected
            #expect(isRight, "\(instructionSet)")
        }
    }

    @Test(arguments: [
        (Float(0), Int16(0)), (0x1p-11, 1), (-0x1p-11, -1), (0x1.8p-11, 2), (0x1.4p-10, 2), (-0x1.4p-10, -2),
        (2.64, 5407),
        (3.9995, 8191), (4, 8191), (-4, -8191), (.infinity, 8191),
    ]) func `a value becomes the nearest word`(value: Float, word: Int16) {
        #expect(ReferenceQuantizedConvolution.word(value) == word)
        let shape = Shape(height: 3, width: 41, outputs: 1)
        let convolution = Layer(shape: shape, values: [], weights: [], scaling: .init(factors: [1], bias: [0]))
            .convolution
        for instructionSet in InstructionSet.available {
            var image = TensorStorage(count: convolution.imageCount)
            var span = image.mutableSpan
            let isFinite = convolution.fill(
                &span, from: [Float](repeating: value, count: convolution.valueCount).span,
                on: .init(instructionSet: instructionSet, team: QuantizedConvolutionTests.three))
            #expect(isFinite == value.isFinite)
            let words = image.words
            #expect(words.count { $0 == word } >= convolution.valueCount, "\(instructionSet)")
            #expect(word == 0 || words.count { $0 != 0 } == convolution.valueCount, "\(instructionSet)")
        }
    }

    /// Wherever it is, the ends of rows that no register fills included.
    @Test(arguments: [Float.nan, -.nan, .infinity, -.infinity], [0, 15, 16, 40, 41 * 3 * 2 + 40])
    func `a value that is no number is told`(value: Float, place: Int) {
        let convolution = Layer(
            shape: Shape(height: 3, width: 41, outputs: 1), values: [], weights: [],
            scaling: .init(factors: [1], bias: [0])
        ).convolution
        var values = [Float](repeating: .greatestFiniteMagnitude, count: convolution.valueCount)
        for instructionSet in InstructionSet.available {
            let engine = ComputeEngine(instructionSet: instructionSet, team: QuantizedConvolutionTests.three)
            var image = TensorStorage(count: convolution.imageCount)
            var span = image.mutableSpan
            values[place] = 1
            let isFinite = convolution.fill(&span, from: values.span, on: engine)
            values[place] = value
            let isStillFinite = convolution.fill(&span, from: values.span, on: engine)
            #expect(isFinite && !isStillFinite, "\(instructionSet)")
        }
    }

    @Test(arguments: [1, 4, 64]) func `any weights fit`(outputs: Int) {
        let weights = pattern(outputs * 147, 24)
        let rounded = QuantizedImageWeights(weights, outputs: outputs)
        for output in 0..<outputs {
            let row = output * 147..<(output + 1) * 147
            let sum = row.reduce(0) { $0 + Int(rounded.integers[$1].magnitude) }
            #expect(sum <= QuantizedImageWeights.largestSum && sum > QuantizedImageWeights.largestSum - 200)
            for place in row {
                let error = Double(weights[place]) - Double(rounded.integers[place]) * rounded.steps[output]
                #expect(abs(error) <= rounded.steps[output] * 0.5000001)
            }
        }
    }

    @Test func `a lone weight keeps 16 bits, and none stays none`() {
        var weights = [Float](repeating: 0, count: 2 * 147)
        weights[5] = -0.25
        let rounded = QuantizedImageWeights(weights, outputs: 2)
        #expect(rounded.integers[5] == -32767 && rounded.integers.count { $0 != 0 } == 1)
        #expect(rounded.steps[1] == 0)
    }

    @Test func `a sum that is too large is a programmers error`() async {
        await #expect(processExitsWith: .failure) {
            let convolution = QuantizedImageConvolution(
                images: 1, height: 1, width: 1, output: .blocked(channels: 1, height: 1, width: 1, precision: .int8))
            var packed = TensorStorage(count: convolution.weightCount)
            var span = packed.mutableSpan
            convolution.pack(weights: [Int16](repeating: 2000, count: 147), into: &span, at: 0)
        }
    }
}

/// The pool behind it.
struct QuantizedPoolingTests {
    @Test(arguments: BlockedPoolingTests.shapes) func `equals plain loops`(_ shape: BlockedPoolingTests.Shape) {
        let (height, width) = shape.size
        let map = FeatureMap(
            channels: shape.channels, height: height, width: width,
            values: pattern(shape.channels * height * width, 31).map { ($0 * 127 + 128).rounded() })
        let window = WindowGeometry(kernel: 3, stride: 2, padding: 1)
        let expected = ReferenceLayers.maximumPool(map, window: window).values
        let input = MapLayout.blocked(
            channels: shape.channels, height: height, width: width, border: 1, precision: .int8)
        let output = MapLayout.blocked(
            channels: shape.channels, height: window.outputExtent(height), width: window.outputExtent(width),
            precision: .int8)
        let source = input.laidOut(map.values)
        for instructionSet in InstructionSet.available {
            for team in [QuantizedConvolutionTests.one, QuantizedConvolutionTests.three] {
                var result = TensorStorage(count: output.count)
                var span = result.mutableSpan
                QuantizedPooling.maximum(
                    source.span, input, window: window, output, on: .init(instructionSet: instructionSet, team: team),
                    into: &span)
                let isRight = output.values(of: result.span) == expected
                #expect(isRight, "\(instructionSet)")
            }
        }
    }
}

extension TensorStorage {
    fileprivate var words: [Int16] {
        let bytes = bytes
        return stride(from: 0, to: bytes.count, by: 2).map {
            Int16(bytes[$0]) | Int16(Int8(bitPattern: bytes[$0 + 1])) << 8
        }
    }
}
