// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// A planned convolution of bytes, with the steps of the maps that it reads and writes.
struct QuantizedUnit: Sendable {
    let convolution: QuantizedConvolution
    /// Value = byte · step.
    let inputStep: Float
    /// 1 where it writes floats.
    let outputStep: Float
    let residual: QuantizedConvolution.Residual?

    /// Rounds folded weights [output, input, ky, kx] to whole numbers and puts them, and what sums are scaled by, into their
    /// places.
    func pack(
        _ values: (weights: [Float], bias: [Float]), into target: inout MutableSpan<Float>, weights: Int, scaling: Int
    ) {
        let kernel = convolution.window.kernel
        let rounded = QuantizedWeights(
            values.weights, outputs: convolution.output.channels, places: kernel * kernel)
        convolution.pack(weights: rounded.integers, into: &target, at: weights)
        convolution.pack(
            scaling: QuantizedScaling(
                weights: rounded.steps, bias: values.bias, input: inputStep, output: outputStep),
            into: &target, at: scaling)
    }
}

/// The first convolution, from an image's words to bytes.
struct QuantizedStem: Sendable {
    let convolution: QuantizedImageConvolution
    /// Value = byte · step: the pool's, which only takes the largest of them.
    let outputStep: Float

    /// The same of the first convolution.
    func pack(
        _ values: (weights: [Float], bias: [Float]), into target: inout MutableSpan<Float>, weights: Int, scaling: Int
    ) {
        let rounded = QuantizedImageWeights(values.weights, outputs: convolution.output.channels)
        convolution.pack(weights: rounded.integers, into: &target, at: weights)
        convolution.pack(
            scaling: QuantizedScaling(
                weights: rounded.steps, bias: values.bias, input: QuantizedImageConvolution.step, output: outputStep),
            into: &target, at: scaling)
    }
}

extension WeightPacking {
    /// A map with what a byte of it is worth.
    private struct SteppedMap {
        let layout: MapLayout
        let step: Float
    }

    mutating func placeStem(_ unit: ConvolutionUnit, _ input: MapSize, _ ranges: ActivationRanges) -> InferenceStep {
        precondition(unit.window == QuantizedImageConvolution.window, "no kernel for another stem")
        let size = input.output(of: unit.window)
        let output = MapLayout.blocked(
            channels: unit.outputChannels, height: size.height, width: size.width, precision: .int8)
        return place(
            .quantizedStem(
                QuantizedStem(
                    convolution: QuantizedImageConvolution(
                        height: input.height, width: input.width, output: output),
                    outputStep: ranges.step(of: ActivationRanges.pooled))))
    }

    /// The head works on floats, and the last block writes them.
    mutating func place(
        _ blocks: [Bottleneck<ConvolutionUnit>], input: MapLayout, images: Int, _ ranges: ActivationRanges
    ) -> [Bottleneck<InferenceStep>] {
        var map = SteppedMap(layout: input, step: ranges.step(of: ActivationRanges.pooled))
        var placed: [Bottleneck<InferenceStep>] = []
        for (index, block) in blocks.enumerated() {
            if index == InferencePlan.firstJoinedBlock {
                map = SteppedMap(layout: map.layout.holding(images: images), step: map.step)
            }
            let step = index == blocks.count - 1 ? nil : ranges.step(of: ActivationRanges.name(of: block))
            let steps = place(block, map, step, ranges)
            map = SteppedMap(layout: steps.expand.output, step: step ?? 1)
            placed.append(steps)
        }
        return placed
    }

    /// - Parameter outputStep: nil where the block writes floats.
    private mutating func place(
        _ block: Bottleneck<ConvolutionUnit>, _ input: SteppedMap, _ outputStep: Float?, _ ranges: ActivationRanges
    ) -> Bottleneck<InferenceStep> {
        let reduce = place(
            block.reduce, input, step: ranges.step(of: block.reduce.name), border: block.spatial.window.padding)
        let reduced = SteppedMap(layout: reduce.output, step: ranges.step(of: block.reduce.name))
        let spatial = place(block.spatial, reduced, step: ranges.step(of: block.spatial.name))
        let projection = block.projection.map { place($0, input, step: nil) }
        let residual = projection.map { SteppedMap(layout: $0.output, step: 1) } ?? input
        let expand = place(
            block.expand, SteppedMap(layout: spatial.output, step: ranges.step(of: block.spatial.name)),
            step: outputStep,
            residual: QuantizedConvolution.Residual(residual.layout, factor: residual.step / (outputStep ?? 1)))
        return Bottleneck(
            reduce: reduce, spatial: spatial, expand: expand,
            shortcut: projection.map(Bottleneck.Shortcut.projection) ?? .identity)
    }

    /// - Parameter step: of the output; nil for one of floats.
    private mutating func place(
        _ unit: ConvolutionUnit, _ input: SteppedMap, step: Float?, border: Int = 0,
        residual: QuantizedConvolution.Residual? = nil
    ) -> InferenceStep {
        let size = MapSize(input.layout).output(of: unit.window)
        let output = MapLayout.blocked(
            images: input.layout.images, channels: unit.outputChannels, height: size.height, width: size.width,
            border: border, precision: step == nil ? .float32 : .int8)
        return place(
            .quantized(
                QuantizedUnit(
                    convolution: QuantizedConvolution(window: unit.window, input: input.layout, output: output),
                    inputStep: input.step, outputStep: step ?? 1, residual: residual)))
    }
}
