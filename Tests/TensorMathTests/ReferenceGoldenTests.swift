// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TensorMath
import Testing

/// Every reference layer in training mode against PyTorch's autograd; `Golden/make_layers.py` made the file.
struct ReferenceGoldenTests {
    struct Case: Decodable, CustomTestStringConvertible {
        enum Layer: String, Decodable { case convolution, normalization, maximum, average, rectifier, linear }
        let layer: Layer
        let images, channels, height, width, outputs: Int?
        let window: [Int]?
        let input, output, gradient, inputGradient: [Double]
        let weights, weightsGradient, bias, biasGradient: [Double]?
        let scale, scaleGradient, shift, shiftGradient: [Double]?
        let runningMean, runningVariance, nextRunningMean, nextRunningVariance: [Double]?

        var testDescription: String { "\(layer) \([images, channels, height, width, outputs].compactMap { $0 })" }

        func batch() throws -> FeatureBatch<Double> {
            try FeatureBatch(
                images: #require(images), channels: #require(channels), height: #require(height),
                width: #require(width), values: input)
        }
        func geometry() throws -> WindowGeometry {
            let window = try #require(window)
            return WindowGeometry(kernel: window[0], stride: window[1], padding: window[2])
        }
    }

    private struct Document: Decodable { let cases: [Case] }

    static let cases: [Case] = {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let data = try? Data(contentsOf: URL(filePath: "/\(folder)/Golden/layers.json"))
        return (try? JSONDecoder().decode(Document.self, from: data ?? Data()))?.cases ?? []
    }()

    @Test func `the golden file is there`() { #expect(Self.cases.count == 15) }

    @Test(arguments: cases) func `a layer equals PyTorch`(_ golden: Case) throws {
        switch golden.layer {
        case .convolution: try convolution(golden)
        case .normalization: try normalization(golden)
        case .maximum: try maximum(golden)
        case .average: try average(golden)
        case .rectifier: try rectifier(golden)
        case .linear: try linear(golden)
        }
    }

    private func convolution(_ golden: Case) throws {
        let (input, weights, window) = try (golden.batch(), #require(golden.weights), golden.geometry())
        let output = ReferenceConvolution.forward(
            input, weights: weights, outputChannels: try #require(golden.outputs), window: window)
        let ours = ReferenceConvolution.backward(
            output.with(golden.gradient), input: input, weights: weights, window: window)
        expectClose(output.values, golden.output)
        expectClose(ours.input.values, golden.inputGradient)
        expectClose(ours.weights, golden.weightsGradient)
    }

    private func normalization(_ golden: Case) throws {
        let (input, scale, shift) = try (golden.batch(), #require(golden.scale), #require(golden.shift))
        let statistics = ReferenceBatchNormalization.statistics(input)
        let output = ReferenceBatchNormalization.forward(
            input, scale: scale, shift: shift, statistics: statistics, epsilon: 1e-5)
        let ours = ReferenceBatchNormalization.backward(
            output.with(golden.gradient), input: input, scale: scale, statistics: statistics, epsilon: 1e-5)
        expectClose(output.values, golden.output)
        expectClose(ours.input.values, golden.inputGradient)
        expectClose(ours.scale, golden.scaleGradient)
        expectClose(ours.shift, golden.shiftGradient)
        var (mean, variance) = try (#require(golden.runningMean), #require(golden.runningVariance))
        statistics.update(runningMean: &mean, runningVariance: &variance, momentum: 0.1)
        expectClose(mean, golden.nextRunningMean)
        expectClose(variance, golden.nextRunningVariance)
    }

    private func maximum(_ golden: Case) throws {
        let input = try golden.batch()
        let (output, places) = ReferencePooling.maximumForward(input, window: try golden.geometry())
        expectClose(output.values, golden.output)
        let ours = ReferencePooling.maximumBackward(output.with(golden.gradient), input: input, places: places)
        expectClose(ours.values, golden.inputGradient)
    }

    private func average(_ golden: Case) throws {
        let output = ReferencePooling.averageForward(try golden.batch())
        expectClose(output.values, golden.output)
        let ours = ReferencePooling.averageBackward(output.with(golden.gradient), input: try golden.batch())
        expectClose(ours.values, golden.inputGradient)
    }

    private func rectifier(_ golden: Case) throws {
        let output = ReferenceRectifier.forward(try golden.batch())
        expectClose(output.values, golden.output)
        expectClose(
            ReferenceRectifier.backward(output.with(golden.gradient), output: output).values, golden.inputGradient)
    }

    private func linear(_ golden: Case) throws {
        let (weights, bias) = try (#require(golden.weights), #require(golden.bias))
        expectClose(ReferenceLinear.forward(golden.input, weights: weights, bias: bias), golden.output)
        let ours = ReferenceLinear.backward(
            golden.gradient, input: golden.input, weights: weights, outputs: bias.count)
        expectClose(ours.input, golden.inputGradient)
        expectClose(ours.weights, golden.weightsGradient)
        expectClose(ours.bias, golden.biasGradient)
    }

    private func expectClose(
        _ ours: [Double], _ expected: [Double]?, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(ours.count == expected?.count, sourceLocation: sourceLocation)
        for (ours, expected) in zip(ours, expected ?? []) {
            #expect(abs(ours - expected) <= 1e-10, sourceLocation: sourceLocation)
        }
    }
}
