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
        var convolution: MatrixConvolution {
            MatrixConvolution(
                inputChannels: channels, outputChannels: outputs, window: window, height: height, width: width)
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

    /// Maps that are cut into runs of rows, into groups of channels, and into both.
    static let cutShapes = [
        Shape(channels: 3, height: 61, width: 90, outputs: 9, window: windows[4]),
        Shape(channels: 5, height: 30, width: 31, outputs: 130, window: windows[2]),
        Shape(channels: 19, height: 9, width: 7, outputs: 200, window: windows[2]),
        Shape(channels: 19, height: 9, width: 7, outputs: 200, window: windows[0]),
        Shape(channels: 9, height: 30, width: 41, outputs: 66, window: windows[1]),
    ]

    @Test(arguments: shapes + cutShapes) func `a convolution equals plain loops`(_ shape: Shape) {
        let map = featureMap(shape)
        let convolution = shape.convolution
        let weights = pattern(convolution.weightCount, 5)
        let bias = pattern(shape.outputs, 6)
        let plain = ReferenceLayers.batchNormalization(
            ReferenceLayers.convolution(map, weights: weights, outputChannels: shape.outputs, window: shape.window),
            scale: [Float](repeating: 1, count: shape.outputs), shift: bias,
            mean: [Float](repeating: 0, count: shape.outputs), variance: [Float](repeating: 1, count: shape.outputs),
            epsilon: 0)
        var residual = plain
        residual.values = pattern(plain.values.count, 7)
        let expected = [
            plain, ReferenceLayers.rectified(plain), ReferenceLayers.rectified(ReferenceLayers.sum(plain, residual)),
        ]
        var results: [[Float]] = []
        for threads in [1, 3] {
            let team = ComputeTeam(threadCount: threads)
            let ours = endings(of: convolution, map, weights, bias, residual.values, on: team)
            for (ours, plain) in zip(ours, expected) {
                #expect(largestDifference(ours.span, plain.values) <= 1e-4, "\(threads) threads")
            }
            results.append(ours.flatMap(\.self))
        }
        #expect(results[0] == results[1])
    }

    /// With nothing, with ReLU, with residual and ReLU; in memory that held NaN, so that a place that is never written shows.
    private func endings(
        of convolution: MatrixConvolution, _ map: FeatureMap, _ weights: [Float], _ bias: [Float], _ residual: [Float],
        on team: ComputeTeam
    ) -> [[Float]] {
        var scratch = [Float](repeating: .nan, count: convolution.columnCount(on: team))
        return (0..<3).map { ending in
            var result = [Float](repeating: .nan, count: convolution.outputCount)
            var output = result.mutableSpan
            var columns = scratch.mutableSpan
            if ending == 2 {
                convolution.forward(
                    map.values.span, weights: weights.span, bias: bias.span, adding: residual.span, on: team,
                    columns: &columns, output: &output)
            } else {
                convolution.forward(
                    map.values.span, weights: weights.span, bias: bias.span,
                    activation: ending == 0 ? .identity : .rectified, on: team, columns: &columns, output: &output)
            }
            return result
        }
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
            on: ComputeTeam(threadCount: 2), into: &output)
        #expect(largestDifference(storage.span, expected.values) == 0)
    }

    @Test func `a NaN is not swallowed`() {
        let shape = Shape(channels: 2, height: 5, width: 5, outputs: 3, window: Self.windows[2])
        var map = featureMap(shape)
        map.values[12] = .nan
        let convolution = shape.convolution
        let zeros = [Float](repeating: 0, count: 3)
        let results = endings(
            of: convolution, map, pattern(convolution.weightCount, 5), zeros, pattern(75, 7),
            on: ComputeTeam(threadCount: 1))
        for result in results { #expect(result[12].isNaN && result[37].isNaN && !result[0].isNaN) }
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
}
