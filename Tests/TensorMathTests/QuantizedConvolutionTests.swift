// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Processor
import TensorMath
import Testing

/// Every kernel of bytes, at every instruction set of this machine, against the plain loops: the same bits.
struct QuantizedConvolutionTests {
    typealias Shape = BlockedConvolutionTests.Shape

    /// Wider than any tile, and larger than what a thread's caches hold.
    static let largeShapes = [
        Shape(channels: 20, height: 2, width: 29, outputs: 17, window: spatial),
        Shape(channels: 272, height: 8, width: 10, outputs: 48, window: spatial),
        Shape(channels: 36, height: 27, width: 26, outputs: 17, window: spatial),
        Shape(images: 2, channels: 128, height: 10, width: 20, outputs: 272, window: spatialStrided),
        Shape(channels: 500, height: 10, width: 21, outputs: 700, window: pointwise),
    ]
    private static let pointwise = WindowGeometry(kernel: 1, stride: 1, padding: 0)
    private static let spatial = WindowGeometry(kernel: 3, stride: 1, padding: 1)
    private static let spatialStrided = WindowGeometry(kernel: 3, stride: 2, padding: 1)

    @Test(
        arguments: BlockedConvolutionTests.blockedShapes + BlockedConvolutionTests.cutShapes + largeShapes
            + BlockedConvolutionTests.batchShapes.filter { $0.window.kernel < 7 })
    func `equals plain loops`(_ shape: Shape) {
        let layer = QuantizedLayer(shape)
        for ending in QuantizedLayer.Ending.allCases {
            let expected = layer.expected(ending)
            for instructionSet in InstructionSet.available {
                let alone = layer.run(ending, on: .init(instructionSet: instructionSet, team: Self.one), fill: 0x55)
                let shared = layer.run(ending, on: .init(instructionSet: instructionSet, team: Self.three), fill: 0xaa)
                let layout = layer.convolution(ending).output
                // Not inside #expect, which would show both arrays, and take minutes to compare them.
                let (isRight, isRightShared) = (
                    layout.values(of: alone.span) == expected, layout.values(of: shared.span) == expected
                )
                #expect(isRight, "\(instructionSet), \(ending)")
                #expect(isRightShared, "\(instructionSet), \(ending), three threads")
                let untouched = zip(alone.bytes, shared.bytes).count { $0 == 0x55 && $1 == 0xaa }
                let inside = layout.images * layout.height * layout.width * layout.paddedChannels
                #expect(untouched == alone.bytes.count - inside * layout.elementBytes, "wrote outside, \(ending)")
            }
        }
    }

    /// One pixel, fewer than a part has, some parts, blocks that no pair holds, and as large as a network has it.
    @Test(arguments: [
        (16, 16, 16, 1, 1), (40, 33, 70, 5, 7), (16, 64, 33, 1, 251), (20, 3, 130, 31, 40), (64, 64, 256, 56, 56),
    ])
    func `a projection part by part gives the bits of a projection before`(
        channels: Int, projected: Int, outputs: Int, height: Int, width: Int
    ) {
        func layer(_ inputs: Int, _ precision: Precision, seed: UInt64) -> PointwiseLayer {
            PointwiseLayer(inputs, outputs, height, width, precision, seed: seed)
        }
        let last = layer(channels, .int8, seed: 3)
        let first = layer(projected, .float32, seed: 4)
        let residual = QuantizedConvolution.Residual(first.convolution.output, factor: 0.37)
        for instructionSet in InstructionSet.available {
            for team in [Self.one, Self.three] {
                let engine = ComputeEngine(instructionSet: instructionSet, team: team)
                let between = first.run(on: engine)
                let expected = last.run(on: engine, adding: residual, between)
                let together = last.run(on: engine, after: first, times: residual.factor)
                let isRight = together.bytes == expected.bytes
                #expect(isRight && Set(expected.bytes).count > 3, "\(instructionSet), \(team.threadCount) threads")
            }
        }
    }

    static let one = ComputeTeam(threadCount: 1)
    static let three = ComputeTeam(threadCount: 3)

    /// The largest products that there are, all of one sign, and the largest sums of them: instructions that saturate would
    /// show.
    @Test(
        arguments: [
            (UInt8(255), Int8(127), Int8(1)), (255, 1, 127), (255, 64, 64), (255, -64, -64), (255, -127, -1),
            (128, 64, 64),
            (0, 64, 64), (255, 28, 28), (255, -28, -28),
        ])
    func `nothing saturates`(byte: UInt8, even: Int8, odd: Int8) {
        let pairs = QuantizedWeights.largestSum / 9 / (Int(even.magnitude) + Int(odd.magnitude))
        let shape = Shape(channels: 2 * pairs, height: 3, width: 4, outputs: 20, window: Self.spatial)
        let layer = QuantizedLayer(shape, bytes: { _ in byte }, weights: { $0 / 9 % 2 == 0 ? even : odd }, factor: 1)
        for instructionSet in InstructionSet.available {
            let result = layer.run(.floats, on: .init(instructionSet: instructionSet, team: Self.one), fill: 0)
            let values = layer.convolution(.floats).output.values(of: result.span)
            let isRight = values == layer.expected(.floats)
            #expect(isRight, "\(instructionSet)")
            #expect(values.contains(Float(pairs * 9 * Int(byte) * (Int(even) + Int(odd)))))
        }
    }

    /// 0.5, 1.5, 2.5, … and what lies beyond either end.
    @Test func `halves go to the even byte`() {
        let shape = Shape(channels: 1, height: 1, width: 200, outputs: 1, window: Self.pointwise)
        let layer = QuantizedLayer(shape, bytes: { UInt8($0) }, weights: { _ in 5 }, factor: 0.5)
        let expected = (0..<200).map { Float(min(Double($0) * 2.5, 255).rounded(.toNearestOrEven)) }
        for instructionSet in InstructionSet.available {
            let result = layer.run(.bytes, on: .init(instructionSet: instructionSet, team: Self.one), fill: 0)
            let isRight = layer.convolution(.bytes).output.values(of: result.span) == expected
            #expect(isRight, "\(instructionSet)")
        }
        #expect(expected.prefix(4) == [0, 2, 5, 8])
    }

    @Test func `a map of floats is a programmers error`() async {
        await #expect(processExitsWith: .failure) {
            _ = QuantizedConvolution(
                window: WindowGeometry(kernel: 1, stride: 1, padding: 0),
                input: .blocked(channels: 16, height: 1, width: 1),
                output: .blocked(channels: 16, height: 1, width: 1, precision: .int8))
        }
    }
}

/// One convolution with its data, run by the plain loops and by the kernels.
struct QuantizedLayer {
    enum Ending: CaseIterable { case bytes, bytesAndBytes, bytesInPlace, bytesAndFloats, floats, floatsAndBytes }

    private let shape: BlockedConvolutionTests.Shape
    private let maps: [ReferenceQuantizedConvolution.Map]
    private let weights: [Int8]
    private let scaling: QuantizedScaling
    private let residualBytes: [UInt8]
    private let sums: [[Int]]
    private let residualFactor: Float = 0.37

    /// As many of either as no size divides.
    private static let bytes: [UInt8] = {
        var generator = SeededGenerator(seed: 11)
        return (0..<65521).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }()
    private static let weights: [Int8] = {
        var generator = SeededGenerator(seed: 12)
        return (0..<32749).map { _ in Int8.random(in: -64...64, using: &generator) }
    }()

    /// Values that use the whole range of bytes.
    init(_ shape: BlockedConvolutionTests.Shape) {
        let products = Float(shape.channels * shape.window.kernel * shape.window.kernel)
        self.init(
            shape, bytes: { Self.bytes[$0 % Self.bytes.count] }, weights: { Self.weights[$0 % Self.weights.count] },
            factor: 0.03 / products.squareRoot())
    }

    /// - Parameter factor: steps of the output for a sum of 1, of the first channel; others have slightly more.
    init(
        _ shape: BlockedConvolutionTests.Shape, bytes: (Int) -> UInt8, weights: (Int) -> Int8, factor: Float
    ) {
        self.shape = shape
        let pixels = shape.height * shape.width * shape.channels
        maps = (0..<shape.images).map { image in
            ReferenceQuantizedConvolution.Map(
                channels: shape.channels, height: shape.height, width: shape.width,
                values: (0..<pixels).map { Int16(bytes(image * pixels + $0)) })
        }
        let perOutput = shape.channels * shape.window.kernel * shape.window.kernel
        self.weights = (0..<shape.outputs * perOutput).map(weights)
        let isPlain = factor == 1 || factor == 0.5
        scaling = QuantizedScaling(
            factors: (0..<shape.outputs).map { factor * (isPlain ? 1 : 1 + Float($0) / 64) },
            bias: (0..<shape.outputs).map { isPlain ? 0 : 40 + Float($0 % 7) * 3.3 })
        let integers = self.weights.map(Int16.init)
        sums = maps.map {
            ReferenceQuantizedConvolution.sums($0, integers, outputs: shape.outputs, window: shape.window)
        }
        let outputs = sums.reduce(0) { $0 + $1.count }
        residualBytes = (0..<outputs).map { bytes($0 &* 7 % pixels) }
    }

    func convolution(_ ending: Ending) -> QuantizedConvolution {
        let isFloat = ending == .floats || ending == .floatsAndBytes
        return QuantizedConvolution(
            window: shape.window,
            input: .blocked(
                images: shape.images, channels: shape.channels, height: shape.height, width: shape.width,
                border: shape.window.padding, precision: .int8),
            output: layout(isFloat ? .float32 : .int8, border: 1))
    }

    private func layout(_ precision: Precision, border: Int) -> MapLayout {
        .blocked(
            images: shape.images, channels: shape.outputs, height: shape.window.outputExtent(shape.height),
            width: shape.window.outputExtent(shape.width), border: border, precision: precision)
    }

    private func residual(_ ending: Ending) -> (values: [Float], layout: MapLayout)? {
        switch ending {
        case .bytes, .floats: nil
        case .bytesAndBytes, .floatsAndBytes: (residualBytes.map { Float($0) }, layout(.int8, border: 0))
        case .bytesInPlace: (residualBytes.map { Float($0) }, convolution(ending).output)
        case .bytesAndFloats: (residualBytes.map { Float($0) * 1.7 - 200 }, layout(.float32, border: 2))
        }
    }

    /// [images, outputs, height, width]
    func expected(_ ending: Ending) -> [Float] {
        let residual = residual(ending)
        var (values, next) = ([Float](), 0)
        for sums in sums {
            let added = residual.map { (Array($0.values[next..<next + sums.count]), residualFactor) }
            values += ReferenceQuantizedConvolution.scaled(sums, scaling, adding: added)
            next += sums.count
        }
        switch ending {
        case .floats: return values
        case .floatsAndBytes: return values.map { max($0, 0) }
        default: return values.map { Float(ReferenceQuantizedConvolution.byte($0)) }
        }
    }

    /// - Parameter fill: what the result's memory holds before.
    func run(_ ending: Ending, on engine: ComputeEngine, fill: UInt8) -> TensorStorage {
        let convolution = convolution(ending)
        let input = convolution.input.laidOut(maps.flatMap { $0.values.map { Float($0) } })
        var packed = TensorStorage(count: convolution.weightCount)
        var constants = TensorStorage(count: convolution.scalingCount)
        var packedSpan = packed.mutableSpan
        var constantSpan = constants.mutableSpan
        convolution.pack(weights: weights, into: &packedSpan, at: 0)
        convolution.pack(scaling: scaling, into: &constantSpan, at: 0)
        var result = TensorStorage(count: convolution.output.count)
        var span = result.mutableSpan
        var scratch = TensorStorage(count: convolution.scratchCount(on: engine))
        for place in span.indices { span[place] = Float(bitPattern: UInt32(fill) * 0x0101_0101) }
        var scratchSpan = scratch.mutableSpan
        guard let residual = residual(ending) else {
            convolution.forward(
                input.span, weights: packed.span, scaling: constants.span, activation: .identity, on: engine,
                scratch: &scratchSpan, into: &span)
            return result
        }
        if ending == .bytesInPlace {
            residual.layout.write(residual.values, over: &span)
            convolution.forward(
                input.span, weights: packed.span, scaling: constants.span, times: residualFactor, addedTo: &span,
                on: engine, scratch: &scratchSpan)
            return result
        }
        let added = residual.layout.laidOut(residual.values)
        convolution.forward(
            input.span, weights: packed.span, scaling: constants.span,
            adding: .init(residual.layout, factor: residualFactor), added.span, on: engine, scratch: &scratchSpan,
            into: &span)
        return result
    }
}

/// A 1×1 convolution of maps without border, with values of its own.
private struct PointwiseLayer: ~Copyable {
    let convolution: QuantizedConvolution
    private let map: TensorStorage
    private let weights: TensorStorage
    private let scaling: TensorStorage

    init(_ inputs: Int, _ outputs: Int, _ height: Int, _ width: Int, _ precision: Precision, seed: UInt64) {
        let input = MapLayout.blocked(channels: inputs, height: height, width: width, precision: .int8)
        convolution = QuantizedConvolution(
            window: WindowGeometry(kernel: 1, stride: 1, padding: 0), input: input,
            output: .blocked(channels: outputs, height: height, width: width, precision: precision))
        map = input.laidOut(pattern(input.valueCount, seed).map { ($0 + 1) * 120 })
        var packed = TensorStorage(count: convolution.weightCount)
        var constants = TensorStorage(count: convolution.scalingCount)
        var packedSpan = packed.mutableSpan
        var constantSpan = constants.mutableSpan
        convolution.pack(
            weights: pattern(inputs * outputs, seed + 10).map { Int8($0 * 60) }, into: &packedSpan, at: 0)
        convolution.pack(
            scaling: QuantizedScaling(
                factors: (0..<outputs).map { 0.002 + Float($0) / 65536 }, bias: (0..<outputs).map { Float($0 % 90) }),
            into: &constantSpan, at: 0)
        weights = packed
        scaling = constants
    }

    /// The result of `compute`, which is given scratch and the result's memory.
    private func result(
        scratch count: Int = 0, _ compute: (inout MutableSpan<Float>, inout MutableSpan<Float>) -> Void
    ) -> TensorStorage {
        var scratch = TensorStorage(count: count)
        var result = TensorStorage(count: convolution.output.count)
        var scratchSpan = scratch.mutableSpan
        var span = result.mutableSpan
        compute(&scratchSpan, &span)
        return result
    }

    func run(on engine: ComputeEngine) -> TensorStorage {
        result { scratch, result in
            convolution.forward(
                map.span, weights: weights.span, scaling: scaling.span, activation: .identity, on: engine,
                scratch: &scratch, into: &result)
        }
    }

    func run(
        on engine: ComputeEngine, adding residual: QuantizedConvolution.Residual, _ values: borrowing TensorStorage
    ) -> TensorStorage {
        result { scratch, result in
            convolution.forward(
                map.span, weights: weights.span, scaling: scaling.span, adding: residual, values.span, on: engine,
                scratch: &scratch, into: &result)
        }
    }

    func run(on engine: ComputeEngine, after first: borrowing PointwiseLayer, times factor: Float) -> TensorStorage {
        result(scratch: convolution.scratchCount(after: first.convolution, on: engine)) { scratch, result in
            convolution.forward(
                .init(map: map.span, weights: weights.span, scaling: scaling.span), times: factor,
                after: first.convolution,
                .init(map: first.map.span, weights: first.weights.span, scaling: first.scaling.span), on: engine,
                scratch: &scratch, into: &result)
        }
    }
}

extension TensorStorage {
    var bytes: [UInt8] {
        unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
}

extension MapLayout {
    fileprivate var paddedChannels: Int { planes * Self.blockLanes }
    fileprivate var elementBytes: Int { precision == .float32 ? 4 : 1 }
}
