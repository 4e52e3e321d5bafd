// SPDX-License-Identifier: Apache-2.0
import Processor
import TensorMath
import Testing

/// The stem's end in one pass and the average's gradient, at every instruction set of this machine, against the plain loops.
struct NormalizedPoolTests {
    static let sizes = [(1, 2, 2, 1), (2, 7, 8, 16), (3, 16, 15, 17), (2, 5, 6, 33)]

    @Test(arguments: sizes, Precision.floating)
    func `normalizing and pooling equal plain loops`(_ size: (Int, Int, Int, Int), _ precision: Precision) {
        let (images, height, width, channels) = size
        let window = WindowGeometry(kernel: 3, stride: 2, padding: 1)
        // Multiples of 1/4: windows hold equal values, and the first in row order must win.
        let random = FeatureBatch<Float>.pattern(images, channels, height, width, seed: 1)
        let input = random.with(random.values.map { ($0 * 4).rounded() / 4 }).withZeros()
        let (scale, shift) = (pattern(channels, 2).map(abs), pattern(channels, 3).enumerated().map { $0 == 0 ? 0 : $1 })
        let statistics = ReferenceBatchNormalization.statistics(input)
        let normalized = ReferenceBatchNormalization.forward(
            input, scale: scale, shift: shift, statistics: statistics, epsilon: 1e-5)
        let rectified = ReferenceRectifier.forward(normalized)
        let (output, places) = ReferencePooling.maximumForward(rectified, window: window)
        let gradient = output.with(pattern(output.values.count, 4)).rounded(to: precision)
        let unpooled = ReferencePooling.maximumBackward(gradient, input: rectified, places: places)
        let masked = ReferenceRectifier.backward(unpooled, output: rectified)
        let expected = ReferenceBatchNormalization.backward(
            masked, input: input, scale: scale, statistics: statistics, epsilon: 1e-5)
        for instructionSet in InstructionSet.available {
            let engine = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.three)
            let stem = Stem(input, output, scale: scale, shift: shift, precision)
            let ours = stem.run(gradient, on: engine)
            let outputError = largestDifference(
                ours.output.span, output.values, roundings: output.values.map { abs($0) * precision.rounding })
            #expect(outputError <= 4e-6, "\(instructionSet)")
            let maskedError = largestDifference(
                ours.masked.span, masked.values, roundings: masked.values.map { abs($0) * precision.rounding })
            #expect(maskedError <= 1e-6, "\(instructionSet)")
            let scaleError = 4e-6 * (1 + expected.scale.reduce(0) { max($0, abs($1)) })
            #expect(largestDifference(ours.scale.span, expected.scale) <= scaleError, "\(instructionSet)")
        }
    }

    @Test(arguments: Precision.floating) func `a NaN is not swallowed`(_ precision: Precision) {
        let input = FeatureBatch<Float>.pattern(2, 17, 6, 7, seed: 1).withNaN()
        let output = FeatureBatch<Float>(images: 2, channels: 17, height: 3, width: 4)
        for instructionSet in InstructionSet.available {
            let engine = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.one)
            let stem = Stem(input, output, scale: pattern(17, 2), shift: pattern(17, 3), precision)
            let ours = output.with(stem.run(output, on: engine).output)
            #expect(ours.values(ofChannel: 0).allSatisfy { $0.isNaN }, "\(instructionSet)")
            #expect(ours.values(ofChannel: 16).allSatisfy { !$0.isNaN }, "\(instructionSet)")
        }
    }

    @Test(arguments: sizes, Precision.floating)
    func `the average equals plain loops`(_ size: (Int, Int, Int, Int), _ precision: Precision) {
        let (images, height, width, channels) = size
        let input = FeatureBatch<Float>.pattern(images, channels, height, width, seed: 1)
        let gradient = FeatureBatch<Float>.pattern(images, channels, 1, 1, seed: 2)
        let spread = ReferencePooling.averageBackward(gradient, input: input)
        for instructionSet in InstructionSet.available {
            let engine = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.three)
            for isMasked in [false, true] {
                let layout = MapLayout.blocked(
                    images: images, channels: channels, height: height, width: width, border: isMasked ? 0 : 1,
                    precision: precision)
                let (expected, result) = (isMasked ? spread.kept(where: input) : spread, BlockedMap.new(layout))
                AveragePoolGradient.compute(
                    .filled(.blocked(images: images, channels: channels, height: 1, width: 1), gradient), on: engine,
                    into: result, where: isMasked ? .of(input, layout) : nil)
                let roundings = expected.values.map { abs($0) * precision.rounding }
                let difference = largestDifference(result.values.span, expected.values, roundings: roundings)
                #expect(difference <= 1e-7, "\(instructionSet), masked: \(isMasked)")
            }
        }
    }
}

private struct Stem {
    private let pool: NormalizedPool
    private let input: BlockedMap
    private let scaleGradient: TensorSlice
    private let channels: Int

    init(
        _ batch: FeatureBatch<Float>, _ output: FeatureBatch<Float>, scale: [Float], shift: [Float],
        _ precision: Precision
    ) {
        let layout = MapLayout.blocked(
            images: batch.images, channels: batch.channels, height: batch.height, width: batch.width,
            precision: precision)
        let count = layout.planes * MapLayout.blockLanes
        func slice(_ values: [Float]) -> TensorSlice {
            let slice = Tensor(count: count).all
            var span = slice.mutableSpan
            for place in values.indices { span[place] = values[place] }
            return slice
        }
        scaleGradient = slice([])
        let normalization = TrainingNormalization(
            layout: layout,
            parameters: TrainingNormalization.Parameters(
                scale: slice(scale), shift: slice(shift), scaleGradient: scaleGradient, shiftGradient: slice([]),
                runningMean: slice([]), runningVariance: slice([])),
            table: Tensor(count: TrainingNormalization.tableCount(layout)).all, epsilon: 1e-5)
        pool = NormalizedPool(
            normalization: normalization, window: WindowGeometry(kernel: 3, stride: 2, padding: 1),
            output: .blocked(
                images: output.images, channels: output.channels, height: output.height, width: output.width,
                precision: precision))
        input = .filled(layout, batch)
        channels = batch.channels
    }

    func run(
        _ gradient: FeatureBatch<Float>, on engine: ComputeEngine
    ) -> (output: [Float], masked: [Float], scale: [Float]) {
        let sums = Tensor(count: TrainingNormalization.sumCount(input.layout)).all
        pool.normalization.gatherStatistics(input, sums: sums, on: engine)
        let (output, masked) = (BlockedMap.new(pool.output), BlockedMap.new(input.layout))
        pool.forward(input, on: engine, into: output)
        pool.backwardToParameters(
            .filled(pool.output, gradient), input: input, sums: sums, on: engine, into: masked)
        return (output.values, masked.values, (0..<channels).map { scaleGradient.span[$0] })
    }
}
