// SPDX-License-Identifier: Apache-2.0
import TensorMath
import Testing

/// Every reference layer's backward pass against central differences of its forward pass.
struct ReferenceGradientTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let images: Int
        let channels: Int
        let height: Int
        let width: Int
        var outputs = 1
        var window = WindowGeometry(kernel: 1, stride: 1, padding: 0)
        var testDescription: String {
            "\(images)×\(channels)×\(height)×\(width)→\(outputs), \(window.kernel)/\(window.stride)/\(window.padding)"
        }

        func batch(seed: UInt64) -> FeatureBatch<Double> {
            FeatureBatch(
                images: images, channels: channels, height: height, width: width,
                values: doubles(images * channels * height * width, seed))
        }
    }

    private let check = GradientCheck()

    static let convolutions = [
        Shape(images: 2, channels: 3, height: 4, width: 3, outputs: 2),
        Shape(images: 1, channels: 2, height: 5, width: 6, outputs: 3, window: .init(kernel: 1, stride: 2, padding: 0)),
        Shape(images: 2, channels: 2, height: 4, width: 5, outputs: 2, window: .init(kernel: 3, stride: 1, padding: 1)),
        Shape(images: 2, channels: 1, height: 5, width: 6, outputs: 2, window: .init(kernel: 3, stride: 2, padding: 1)),
        Shape(images: 1, channels: 3, height: 8, width: 7, outputs: 1, window: .init(kernel: 7, stride: 2, padding: 3)),
        Shape(images: 1, channels: 1, height: 7, width: 9, outputs: 2, window: .init(kernel: 2, stride: 3, padding: 0)),
        Shape(images: 1, channels: 2, height: 1, width: 1, outputs: 2, window: .init(kernel: 3, stride: 2, padding: 1)),
    ]

    @Test(arguments: convolutions) func `a convolution's gradient is that of central differences`(_ shape: Shape) {
        let input = shape.batch(seed: 1)
        let weights = doubles(shape.outputs * shape.channels * shape.window.kernel * shape.window.kernel, 2)
        func output(_ input: [Double], _ weights: [Double]) -> FeatureBatch<Double> {
            ReferenceConvolution.forward(
                shape.batch(seed: 1).with(input), weights: weights, outputChannels: shape.outputs, window: shape.window)
        }
        let ends = output(input.values, weights)
        let gradient = ends.with(doubles(ends.values.count, 3))
        let gradients = ReferenceConvolution.backward(gradient, input: input, weights: weights, window: shape.window)
        check.expectGradient(gradients.input.values, of: "input", at: input.values) {
            weightedSum(output($0, weights).values, gradient.values)
        }
        check.expectGradient(gradients.weights, of: "weights", at: weights) {
            weightedSum(output(input.values, $0).values, gradient.values)
        }
    }

    static let maps = [
        Shape(images: 2, channels: 3, height: 3, width: 4), Shape(images: 1, channels: 2, height: 1, width: 2),
        Shape(images: 3, channels: 1, height: 1, width: 1), Shape(images: 1, channels: 1, height: 5, width: 7),
    ]

    @Test(arguments: maps) func `batch normalization's gradient is that of central differences`(_ shape: Shape) {
        let input = shape.batch(seed: 1)
        let (scale, shift) = (doubles(shape.channels, 2), doubles(shape.channels, 3))
        let gradient = shape.batch(seed: 4)
        func value(_ input: [Double], _ scale: [Double], _ shift: [Double]) -> Double {
            let batch = gradient.with(input)
            let output = ReferenceBatchNormalization.forward(
                batch, scale: scale, shift: shift, statistics: ReferenceBatchNormalization.statistics(batch),
                epsilon: 1e-5)
            return weightedSum(output.values, gradient.values)
        }
        let gradients = ReferenceBatchNormalization.backward(
            gradient, input: input, scale: scale, statistics: ReferenceBatchNormalization.statistics(input),
            epsilon: 1e-5)
        check.expectGradient(gradients.input.values, of: "input", at: input.values) { value($0, scale, shift) }
        check.expectGradient(gradients.scale, of: "scale", at: scale) { value(input.values, $0, shift) }
        check.expectGradient(gradients.shift, of: "shift", at: shift) { value(input.values, scale, $0) }
    }

    @Test(arguments: maps) func `a rectifier's gradient is that of central differences`(_ shape: Shape) {
        // The kink at zero: values in 0.1 … 1.1 and −1.1 … −0.1.
        let input = shape.batch(seed: 1).with(shape.batch(seed: 1).values.map { $0 + ($0 < 0 ? -0.1 : 0.1) })
        let gradient = shape.batch(seed: 2)
        let ours = ReferenceRectifier.backward(gradient, output: ReferenceRectifier.forward(input))
        check.expectGradient(ours.values, of: "input", at: input.values) {
            weightedSum(ReferenceRectifier.forward(input.with($0)).values, gradient.values)
        }
    }

    static let pools = [
        Shape(images: 2, channels: 2, height: 7, width: 8, window: .init(kernel: 3, stride: 2, padding: 1)),
        Shape(images: 1, channels: 1, height: 1, width: 1, window: .init(kernel: 3, stride: 2, padding: 1)),
        Shape(images: 1, channels: 2, height: 5, width: 4, window: .init(kernel: 2, stride: 1, padding: 0)),
        Shape(images: 1, channels: 1, height: 8, width: 8, window: .init(kernel: 2, stride: 3, padding: 1)),
    ]

    @Test(arguments: pools) func `a maximum pool's gradient is that of central differences`(_ shape: Shape) {
        // Where two values of a window are equal the maximum has a kink: values are far apart, in mixed order.
        let count = shape.batch(seed: 1).values.count
        let input = shape.batch(seed: 1).with((0..<count).map { Double($0 * 37 % count) / 10 })
        let forward = ReferencePooling.maximumForward(input, window: shape.window)
        let gradient = forward.output.with(doubles(forward.output.values.count, 2))
        let ours = ReferencePooling.maximumBackward(gradient, input: input, places: forward.places)
        check.expectGradient(ours.values, of: "input", at: input.values) {
            weightedSum(
                ReferencePooling.maximumForward(input.with($0), window: shape.window).output.values, gradient.values)
        }
    }

    @Test(arguments: maps) func `an average pool's gradient is that of central differences`(_ shape: Shape) {
        let input = shape.batch(seed: 1)
        let gradient = ReferencePooling.averageForward(shape.batch(seed: 2))
        let ours = ReferencePooling.averageBackward(gradient, input: input)
        check.expectGradient(ours.values, of: "input", at: input.values) {
            weightedSum(ReferencePooling.averageForward(input.with($0)).values, gradient.values)
        }
    }

    @Test(arguments: [(1, 1, 1), (3, 5, 1), (2, 4, 3)]) func `a linear layer's gradient is that of central differences`(
        images: Int, inputs: Int, outputs: Int
    ) {
        let (input, weights, bias) = (doubles(images * inputs, 1), doubles(inputs * outputs, 2), doubles(outputs, 3))
        let gradient = doubles(images * outputs, 4)
        let gradients = ReferenceLinear.backward(gradient, input: input, weights: weights, outputs: outputs)
        check.expectGradient(gradients.input, of: "input", at: input) {
            weightedSum(ReferenceLinear.forward($0, weights: weights, bias: bias), gradient)
        }
        check.expectGradient(gradients.weights, of: "weights", at: weights) {
            weightedSum(ReferenceLinear.forward(input, weights: $0, bias: bias), gradient)
        }
        check.expectGradient(gradients.bias, of: "bias", at: bias) {
            weightedSum(ReferenceLinear.forward(input, weights: weights, bias: $0), gradient)
        }
    }
}

/// Values in ±1 that differ by place and by seed.
func doubles(_ count: Int, _ seed: UInt64) -> [Double] { pattern(count, seed).map(Double.init) }
