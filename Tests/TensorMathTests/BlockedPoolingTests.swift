// SPDX-License-Identifier: Apache-2.0
import Processor
import TensorMath
import Testing

struct BlockedPoolingTests {
    static let sizes = [(1, 1), (2, 7), (7, 8), (13, 14), (15, 28), (33, 30)]
    static let channels = [1, 16, 33]

    struct Shape: Sendable {
        let channels: Int
        let size: (height: Int, width: Int)
    }
    static let shapes = channels.flatMap { channels in sizes.map { Shape(channels: channels, size: $0) } }

    @Test(arguments: shapes, Precision.floating) func `a pool equals plain loops`(
        _ shape: Shape, _ precision: Precision
    ) {
        let (channels, size) = (shape.channels, shape.size)
        let map = FeatureMap(
            channels: channels, height: size.height, width: size.width,
            values: precision.rounded(pattern(channels * size.height * size.width, 5).map { $0 - 2 }))
        let window = WindowGeometry(kernel: 3, stride: 2, padding: 1)
        let largest = ReferenceLayers.maximumPool(map, window: window)
        let means = ReferenceLayers.globalAveragePool(map)
        for instructionSet in InstructionSet.available {
            for team in [BlockedConvolutionTests.one, BlockedConvolutionTests.three] {
                let engine = ComputeEngine(instructionSet: instructionSet, team: team)
                #expect(maximum(map, window, engine, precision) == largest.values, "\(instructionSet)")
                for (ours, plain) in zip(average(map, engine, precision), means) { #expect(abs(ours - plain) <= 1e-6) }
            }
        }
    }

    @Test(arguments: [(stride: 1, padding: 0), (stride: 2, padding: 1)], Precision.floating)
    func `a NaN wins the maximum wherever it stands`(_ steps: (stride: Int, padding: Int), _ precision: Precision) {
        let window = WindowGeometry(kernel: 3, stride: steps.stride, padding: steps.padding)
        let side = window.outputExtent(3)
        for place in 0..<9 {
            var map = FeatureMap(channels: 1, height: 3, width: 3, values: precision.rounded(pattern(9, 6)))
            map.values[place] = .nan
            let meets = { (at: Int, window: Int) in (0..<3).contains(at - (window * steps.stride - steps.padding)) }
            let met = (0..<side * side).map { meets(place / 3, $0 / side) && meets(place % 3, $0 % side) }
            for instructionSet in InstructionSet.available {
                let engine = ComputeEngine(instructionSet: instructionSet, team: BlockedConvolutionTests.one)
                let largest = maximum(map, window, engine, precision)
                #expect(largest.map(\.isNaN) == met, "\(instructionSet), place \(place)")
            }
        }
    }

    private func maximum(
        _ map: FeatureMap, _ window: WindowGeometry, _ engine: ComputeEngine, _ precision: Precision
    ) -> [Float] {
        let input = MapLayout.blocked(
            channels: map.channels, height: map.height, width: map.width, border: 1, precision: precision)
        let output = MapLayout.blocked(
            channels: map.channels, height: window.outputExtent(map.height), width: window.outputExtent(map.width),
            precision: precision)
        let source = laidOut(map, input)
        var result = TensorStorage(count: output.count)
        var span = result.mutableSpan
        BlockedPooling.maximum(source.span, input, window: window, output, on: engine, into: &span)
        return output.values(of: result.span)
    }

    private func average(_ map: FeatureMap, _ engine: ComputeEngine, _ precision: Precision) -> [Float] {
        let input = MapLayout.blocked(
            channels: map.channels, height: map.height, width: map.width, precision: precision)
        let output = MapLayout.blocked(channels: map.channels, height: 1, width: 1)
        let source = laidOut(map, input)
        var result = TensorStorage(count: output.count)
        var span = result.mutableSpan
        BlockedPooling.globalAverage(source.span, input, output, on: engine, into: &span)
        let means = result.span
        return (0..<map.channels).map { means[$0] }
    }

    private func laidOut(_ map: FeatureMap, _ layout: MapLayout) -> TensorStorage {
        var storage = TensorStorage(count: layout.count)
        var span = storage.mutableSpan
        layout.fill(&span, from: map.values.span)
        return storage
    }
}
