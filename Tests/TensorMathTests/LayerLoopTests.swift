// SPDX-License-Identifier: Apache-2.0
import TensorMath
import Testing

/// Every fast loop against its plain-loop twin, at sizes that leave tails.
struct LayerLoopTests {
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

    static let windows = [
        WindowGeometry(kernel: 1, stride: 1, padding: 0), WindowGeometry(kernel: 1, stride: 2, padding: 0),
        WindowGeometry(kernel: 3, stride: 1, padding: 1), WindowGeometry(kernel: 3, stride: 2, padding: 1),
        WindowGeometry(kernel: 7, stride: 2, padding: 3), WindowGeometry(kernel: 2, stride: 3, padding: 0),
        WindowGeometry(kernel: 5, stride: 3, padding: 4),
    ]

    static let shapes: [Shape] =
        [(1, 7, 7, 1), (3, 8, 15, 7), (5, 33, 16, 17)].flatMap { channels, height, width, outputs in
            windows.map { Shape(channels: channels, height: height, width: width, outputs: outputs, window: $0) }
        } + [
            Shape(channels: 2, height: 1, width: 1, outputs: 3, window: windows[2]),
            Shape(channels: 2, height: 2, width: 1, outputs: 3, window: windows[3]),
        ]

    @Test(arguments: shapes) func `a convolution equals plain loops`(_ shape: Shape) {
        let map = featureMap(shape)
        let convolution = MatrixConvolution(
            inputChannels: shape.channels, outputChannels: shape.outputs, window: shape.window)
        let weights = pattern(convolution.weightCount, 5)
        let expected = ReferenceLayers.convolution(
            map, weights: weights, outputChannels: shape.outputs, window: shape.window)
        var storage = TensorStorage(count: expected.values.count)
        var scratch = TensorStorage(count: convolution.columnCount(height: shape.height, width: shape.width))
        fillWithNaN(&storage)
        fillWithNaN(&scratch)
        var output = storage.mutableSpan
        var columns = scratch.mutableSpan
        convolution.forward(
            map.values.span, height: shape.height, width: shape.width, weights: weights.span, columns: &columns,
            output: &output)
        #expect(largestDifference(storage.span, expected.values) <= 1e-4)
    }

    @Test(arguments: shapes) func `a maximum pool equals plain loops`(_ shape: Shape) {
        // A window that lies wholly in the padding has no maximum; PyTorch forbids such padding.
        guard shape.window.padding * 2 <= shape.window.kernel else { return }
        let map = featureMap(shape)
        let expected = ReferenceLayers.maximumPool(map, window: shape.window)
        var storage = TensorStorage(count: expected.values.count)
        var output = storage.mutableSpan
        Pooling.maximum(
            map.values.span, channels: shape.channels, height: shape.height, width: shape.width, window: shape.window,
            into: &output)
        #expect(largestDifference(storage.span, expected.values) == 0)
    }

    @Test(arguments: [1, 7, 8, 15, 16, 17, 33]) func `elementwise loops equal plain loops`(plane: Int) {
        let map = FeatureMap(channels: 3, height: 1, width: plane, values: pattern(3 * plane, 1))
        let residual = FeatureMap(channels: 3, height: 1, width: plane, values: pattern(3 * plane, 2))
        let bias: [Float] = [0.25, -0.5, 1]
        let one = [Float](repeating: 1, count: 3)
        let zero = [Float](repeating: 0, count: 3)
        let biased = ReferenceLayers.batchNormalization(
            map, scale: one, shift: bias, mean: zero, variance: one, epsilon: 0)
        let summed = ReferenceLayers.rectified(ReferenceLayers.sum(biased, residual))

        let rectified = changed(map.values) { ElementwiseLoops.addBiasAndRectify(&$0, bias: bias.span, plane: plane) }
        #expect(rectified == ReferenceLayers.rectified(biased).values)
        let added = changed(map.values) { ElementwiseLoops.addBias(&$0, bias: bias.span, plane: plane) }
        #expect(added == biased.values)
        let finished = changed(map.values) {
            ElementwiseLoops.addBiasAndResidualAndRectify(
                &$0, bias: bias.span, residual: residual.values.span, plane: plane)
        }
        for (ours, plain) in zip(finished, summed.values) { #expect(abs(ours - plain) <= 1e-6) }
    }

    @Test func `a global average equals plain loops`() {
        let map = FeatureMap(channels: 5, height: 7, width: 3, values: pattern(105, 1))
        var storage = TensorStorage(count: 5)
        var output = storage.mutableSpan
        Pooling.globalAverage(map.values.span, channels: 5, plane: 21, into: &output)
        #expect(largestDifference(storage.span, ReferenceLayers.globalAveragePool(map)) <= 1e-7)
    }

    @Test func `storage starts at zero`() {
        let storage = TensorStorage(count: 33)
        let isZero = storage.span.indices.allSatisfy { storage.span[$0] == 0 }
        #expect(isZero)
        let (last, isEmpty) = (TensorStorage([1, 2, 3]).span[2], TensorStorage(count: 0).span.isEmpty)
        #expect(last == 3 && isEmpty)
    }

    private func featureMap(_ shape: Shape) -> FeatureMap {
        let count = shape.channels * shape.height * shape.width
        return FeatureMap(
            channels: shape.channels, height: shape.height, width: shape.width, values: pattern(count, 3))
    }

    /// So that a place that is never written shows.
    private func fillWithNaN(_ storage: inout TensorStorage) {
        var span = storage.mutableSpan
        for place in span.indices { span[place] = .nan }
    }

    private func changed(_ values: [Float], _ body: (inout MutableSpan<Float>) -> Void) -> [Float] {
        var copy = values
        var span = copy.mutableSpan
        body(&span)
        return copy
    }
}
