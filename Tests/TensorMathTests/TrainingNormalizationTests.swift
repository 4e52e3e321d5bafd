// SPDX-License-Identifier: Apache-2.0
import Processor
import TensorMath
import Testing

/// Batch norm with what stands beside it, at every instruction set of this machine, against the plain loops.
struct TrainingNormalizationTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let images: Int
        let channels: Int
        let height: Int
        let width: Int
        /// Added to every input: a mean far from zero must not cost the variance its digits.
        var center: Float = 0
        var testDescription: String { "\(images)×\(channels)×\(height)×\(width) around \(center)" }

        func batch(seed: UInt64) -> FeatureBatch<Float> { .pattern(images, channels, height, width, seed: seed) }
        func layout(_ precision: Precision, border: Int = 0) -> MapLayout {
            .blocked(
                images: images, channels: channels, height: height, width: width, border: border, precision: precision)
        }
    }

    /// What is added before ReLU.
    enum Residual: CaseIterable { case none, plain, normalized }

    static let shapes = [
        Shape(images: 1, channels: 1, height: 1, width: 2), Shape(images: 5, channels: 17, height: 1, width: 1),
        Shape(images: 2, channels: 16, height: 3, width: 5), Shape(images: 3, channels: 33, height: 7, width: 8),
        Shape(images: 2, channels: 15, height: 30, width: 31, center: 100),
        Shape(images: 2, channels: 3, height: 9, width: 9, center: -4),
    ]

    private static let maps: Set = ["output", "input", "otherInput"]

    @Test(arguments: shapes, Residual.allCases) func `forward and backward equal plain loops`(
        _ shape: Shape, _ residual: Residual
    ) {
        for precision in Precision.floating { check(shape, residual, precision) }
    }

    /// A network that computes NaN must not look healthy.
    @Test(arguments: Residual.allCases, Precision.floating)
    func `a NaN is not swallowed`(_ residual: Residual, _ precision: Precision) {
        let shape = Shape(images: 2, channels: 17, height: 3, width: 5)
        let data = Data(shape, precision, hasNaN: true)
        for instructionSet in InstructionSet.available {
            let engine = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.one)
            let output = shape.batch(seed: 0).with(Layers(data, residual, engine).results["output"] ?? [])
            #expect(output.values(ofChannel: 0).allSatisfy { $0.isNaN }, "\(instructionSet)")
            #expect(output.values(ofChannel: 16).allSatisfy { !$0.isNaN }, "\(instructionSet)")
        }
    }

    private func check(_ shape: Shape, _ residual: Residual, _ precision: Precision) {
        let data = Data(shape, precision)
        let expected = Expected(data, residual)
        for instructionSet in InstructionSet.available {
            let one = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.one)
            let three = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.three)
            let ours = Layers(data, residual, one).results
            #expect(ours == Layers(data, residual, three).results, "\(instructionSet): threads change the result")
            for (name, values) in expected.results {
                let scale = values.reduce(1) { max($0, abs($1)) }
                let result = ours[name] ?? []
                // Maps are rounded once when they are written.
                let roundings = values.map { Self.maps.contains(name) ? abs($0) * precision.rounding : 0 }
                let difference =
                    result.count == values.count
                    ? largestDifference(result.span, values, roundings: roundings) : .infinity
                // 100 ± 1 in float32 has 4e-6 between neighbors.
                #expect(
                    difference <= (shape.center == 100 ? 4e-5 : 4e-6) * scale,
                    "\(precision), \(instructionSet), \(name)")
            }
        }
    }
}

private let epsilon = 1e-5

/// Inputs that the plain loops and the kernels share.
private struct Data {
    let shape: TrainingNormalizationTests.Shape
    let precision: Precision
    let input, other, gradient: FeatureBatch<Float>
    let scale, shift, otherScale, otherShift, mean, variance: [Float]

    init(_ shape: TrainingNormalizationTests.Shape, _ precision: Precision, hasNaN: Bool = false) {
        (self.shape, self.precision) = (shape, precision)
        let batch = hasNaN ? shape.batch(seed: 1).withNaN() : shape.batch(seed: 1)
        input =
            shape.center == 0 && !hasNaN
            ? batch.withZeros().rounded(to: precision)
            : batch.with(batch.values.map { $0 + shape.center }).rounded(to: precision)
        other = shape.batch(seed: 2).rounded(to: precision)
        gradient = shape.batch(seed: 3).rounded(to: precision)
        scale = pattern(shape.channels, 4)
        shift = pattern(shape.channels, 5).enumerated().map { shape.center == 0 && $0 == 0 ? 0 : $1 }
        (otherScale, otherShift) = (pattern(shape.channels, 6), pattern(shape.channels, 7))
        (mean, variance) = (pattern(shape.channels, 8), pattern(shape.channels, 9).map(abs))
    }

    func layout(border: Int = 0) -> MapLayout { shape.layout(precision, border: border) }
}

/// The plain loops' results by name.
private struct Expected {
    var results: [String: [Float]] = [:]

    init(_ data: Data, _ residual: TrainingNormalizationTests.Residual) {
        let statistics = ReferenceBatchNormalization.statistics(data.input)
        let otherStatistics = ReferenceBatchNormalization.statistics(data.other)
        var sum = ReferenceBatchNormalization.forward(
            data.input, scale: data.scale, shift: data.shift, statistics: statistics, epsilon: epsilon)
        switch residual {
        case .none: break
        case .plain: sum = ReferenceRectifier.sum(sum, data.other)
        case .normalized:
            let other = ReferenceBatchNormalization.forward(
                data.other, scale: data.otherScale, shift: data.otherShift, statistics: otherStatistics,
                epsilon: epsilon)
            sum = ReferenceRectifier.sum(sum, other)
        }
        let output = ReferenceRectifier.forward(sum)
        let gradient = ReferenceRectifier.backward(data.gradient, output: output)
        let ours = ReferenceBatchNormalization.backward(
            gradient, input: data.input, scale: data.scale, statistics: statistics, epsilon: epsilon)
        var (mean, variance) = (data.mean, data.variance)
        statistics.update(runningMean: &mean, runningVariance: &variance, momentum: 0.1)
        results = [
            "output": output.values, "mean": mean, "variance": variance, "input": ours.input.values,
            "scale": ours.scale, "shift": ours.shift,
        ]
        if residual != .none { results["signs"] = output.values.map { $0 > 0 ? 1 : 0 } }
        guard residual == .normalized else { return }
        let others = ReferenceBatchNormalization.backward(
            gradient, input: data.other, scale: data.otherScale, statistics: otherStatistics, epsilon: epsilon)
        results.merge(["otherInput": others.input.values, "otherScale": others.scale, "otherShift": others.shift]) {
            $1
        }
    }
}

/// The kernels' results by name.
private struct Layers {
    private let engine: ComputeEngine
    private let sums: TensorSlice
    private let data: Data
    var results: [String: [Float]] = [:]

    init(_ data: Data, _ residual: TrainingNormalizationTests.Residual, _ engine: ComputeEngine) {
        self.engine = engine
        self.data = data
        sums = Tensor(count: TrainingNormalization.sumCount(data.layout())).all
        run(residual)
    }

    private mutating func run(_ residual: TrainingNormalizationTests.Residual) {
        let (input, other) = (
            BlockedMap.filled(data.layout(), data.input), BlockedMap.filled(data.layout(), data.other)
        )
        let layer = Layer(scale: data.scale, shift: data.shift, data: data)
        let otherLayer = Layer(scale: data.otherScale, shift: data.otherShift, data: data)
        layer.normalization.gatherStatistics(input, sums: sums, on: engine)
        otherLayer.normalization.gatherStatistics(other, sums: sums, on: engine)
        let output = BlockedMap.new(data.layout(border: residual == .none ? 1 : 0))
        let memory = Tensor(count: SignMap.count(data.layout())).all
        let signs = SignMap(data.layout(), in: memory)
        let (result, otherResult) = (BlockedMap.new(data.layout(border: 1)), BlockedMap.new(data.layout()))
        switch residual {
        case .none:
            layer.normalization.forward(input, on: engine, into: output)
            let gradient = BlockedMap.filled(data.layout(), data.gradient)
            layer.normalization.backwardToParameters(gradient, input: input, sums: sums, on: engine)
            layer.normalization.backwardToInput(gradient, input: input, on: engine, into: result)
        case .plain:
            layer.normalization.forward(input, adding: other, on: engine, into: output, signs: signs)
            let gradient = gradient(where: memory)
            layer.normalization.backwardToParameters(masked: gradient, input: input, sums: sums, on: engine)
            layer.normalization.backwardToInput(masked: gradient, input: input, on: engine, into: result)
        case .normalized:
            let second = otherLayer.normalization
            layer.normalization.forward(
                input, adding: other, normalizedBy: second, on: engine, into: output, signs: signs)
            let gradient = gradient(where: memory)
            layer.normalization.backwardToParameters(
                masked: gradient, input: input, other: other, normalizedBy: second, sums: sums, on: engine)
            layer.normalization.backwardToInput(masked: gradient, input: input, on: engine, into: result)
            second.backwardToInput(masked: gradient, input: other, on: engine, into: otherResult)
            results["otherInput"] = otherResult.values
            (results["otherScale"], results["otherShift"]) = (otherLayer.scaleGradient, otherLayer.shiftGradient)
        }
        if residual != .none { results["signs"] = SignMap.values(memory, data.layout()) }
        (results["output"], results["input"]) = (output.values, result.values)
        (results["mean"], results["variance"]) = (layer.runningMean, layer.runningVariance)
        (results["scale"], results["shift"]) = (layer.scaleGradient, layer.shiftGradient)
    }

    /// The gradient as whoever writes it there leaves it: 0 where the output is.
    private func gradient(where signs: TensorSlice) -> BlockedMap {
        let signs = data.gradient.with(SignMap.values(signs, data.layout()))
        return .filled(data.layout(), data.gradient.kept(where: signs))
    }
}

/// One normalization with memory of its own.
private struct Layer {
    let normalization: TrainingNormalization
    private let parameters: TrainingNormalization.Parameters
    private let channels: Int

    init(scale: [Float], shift: [Float], data: Data) {
        let layout = data.layout()
        let count = layout.planes * MapLayout.blockLanes
        func slice(_ values: [Float] = []) -> TensorSlice {
            let slice = Tensor(count: count).all
            var span = slice.mutableSpan
            for place in values.indices { span[place] = values[place] }
            return slice
        }
        parameters = TrainingNormalization.Parameters(
            scale: slice(scale), shift: slice(shift), scaleGradient: slice(), shiftGradient: slice(),
            runningMean: slice(data.mean), runningVariance: slice(data.variance))
        normalization = TrainingNormalization(
            layout: layout, parameters: parameters,
            table: Tensor(count: TrainingNormalization.tableCount(layout)).all, epsilon: epsilon)
        channels = layout.channels
    }

    var scaleGradient: [Float] { values(parameters.scaleGradient) }
    var shiftGradient: [Float] { values(parameters.shiftGradient) }
    var runningMean: [Float] { values(parameters.runningMean) }
    var runningVariance: [Float] { values(parameters.runningVariance) }

    private func values(_ slice: TensorSlice) -> [Float] { (0..<channels).map { slice.span[$0] } }
}
