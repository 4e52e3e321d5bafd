// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// A training step as plain loops over plain arrays: slow, and what `ResNet50Training` is tested against.
package struct ResNet50TrainingReference {
    /// Parameters and running statistics by name.
    package private(set) var tensors: [String: [Float]]
    /// Of the last backward pass, by the parameter's name.
    package private(set) var gradients: [String: [Float]] = [:]
    private let layout: ResNet50Layout
    private var tape = Tape()

    package init(parameters: ResNet50Parameters) {
        layout = parameters.layout
        tensors = Dictionary(
            uniqueKeysWithValues: parameters.layout.parameters.map { ($0.name, Array(parameters[$0.name])) })
    }

    /// What the forward pass keeps: each unit's input, convolution and statistics, and each ReLU's output.
    private struct Tape {
        var inputs: [String: FeatureBatch<Float>] = [:]
        var convolved: [String: FeatureBatch<Float>] = [:]
        var statistics: [String: ReferenceBatchNormalization.Statistics] = [:]
        var rectified: [String: FeatureBatch<Float>] = [:]
        var poolPlaces: [Int] = []
        var last: FeatureBatch<Float>?
        var features: [Float] = []
    }

    /// [images, 3, height, width] → logits [images, outputs]; moves the running statistics.
    package mutating func forward(_ batch: [Float], images: Int, height: Int, width: Int) -> [Float] {
        let input = FeatureBatch(images: images, channels: 3, height: height, width: width, values: batch)
        let stem = rectified(layout.stem.name, forward(layout.stem, input))
        let pooled = ReferencePooling.maximumForward(stem, window: ResNet50Layout.stemPool)
        tape.poolPlaces = pooled.places
        var map = pooled.output
        for block in layout.blocks { map = forward(block, map) }
        tape.last = map
        tape.features = ReferencePooling.averageForward(map).values
        return ReferenceLinear.forward(tape.features, weights: tensor("fc.weight"), bias: tensor("fc.bias"))
    }

    private mutating func forward(
        _ block: Bottleneck<ConvolutionUnit>, _ input: FeatureBatch<Float>
    ) -> FeatureBatch<Float> {
        let reduced = rectified(block.reduce.name, forward(block.reduce, input))
        let spatial = rectified(block.spatial.name, forward(block.spatial, reduced))
        let expanded = forward(block.expand, spatial)
        let residual = block.projection.map { forward($0, input) } ?? input
        return rectified(block.expand.name, ReferenceRectifier.sum(expanded, residual))
    }

    /// A convolution and its batch norm.
    private mutating func forward(_ unit: ConvolutionUnit, _ input: FeatureBatch<Float>) -> FeatureBatch<Float> {
        let convolved = ReferenceConvolution.forward(
            input, weights: tensor(unit.weightName), outputChannels: unit.outputChannels, window: unit.window)
        let statistics = ReferenceBatchNormalization.statistics(convolved)
        tape.inputs[unit.name] = input
        tape.convolved[unit.name] = convolved
        tape.statistics[unit.name] = statistics
        var (mean, variance) = (tensor(unit.meanName), tensor(unit.varianceName))
        statistics.update(runningMean: &mean, runningVariance: &variance, momentum: 0.1)
        (tensors[unit.meanName], tensors[unit.varianceName]) = (mean, variance)
        return ReferenceBatchNormalization.forward(
            convolved, scale: tensor(unit.scaleName), shift: tensor(unit.shiftName), statistics: statistics,
            epsilon: ResNet50Layout.normalizationEpsilon)
    }

    private mutating func rectified(_ name: String, _ input: FeatureBatch<Float>) -> FeatureBatch<Float> {
        let output = ReferenceRectifier.forward(input)
        tape.rectified[name] = output
        return output
    }

    /// From the gradient of the logits [images, outputs] to those of all parameters.
    package mutating func backward(_ gradient: [Float]) {
        guard let last = tape.last, let outputs = layout.outputs else {
            preconditionFailure("backward without forward")
        }
        let head = ReferenceLinear.backward(
            gradient, input: tape.features, weights: tensor("fc.weight"), outputs: outputs)
        (gradients["fc.weight"], gradients["fc.bias"]) = (head.weights, head.bias)
        let features = FeatureBatch(
            images: last.images, channels: last.channels, height: 1, width: 1, values: head.input)
        var map = ReferencePooling.averageBackward(features, input: last)
        for block in layout.blocks.reversed() { map = backward(block, map) }
        let stem = kept(tape.rectified, layout.stem)
        let unpooled = ReferencePooling.maximumBackward(map, input: stem, places: tape.poolPlaces)
        _ = backward(layout.stem, ReferenceRectifier.backward(unpooled, output: stem))
    }

    private mutating func backward(
        _ block: Bottleneck<ConvolutionUnit>, _ gradient: FeatureBatch<Float>
    ) -> FeatureBatch<Float> {
        let end = ReferenceRectifier.backward(gradient, output: kept(tape.rectified, block.expand))
        let spatial = backward(block.expand, end)
        let reduced = backward(
            block.spatial, ReferenceRectifier.backward(spatial, output: kept(tape.rectified, block.spatial)))
        let input = backward(
            block.reduce, ReferenceRectifier.backward(reduced, output: kept(tape.rectified, block.reduce)))
        let residual = block.projection.map { backward($0, end) } ?? end
        return ReferenceRectifier.sum(input, residual)
    }

    private mutating func backward(_ unit: ConvolutionUnit, _ gradient: FeatureBatch<Float>) -> FeatureBatch<Float> {
        guard let statistics = tape.statistics[unit.name] else { preconditionFailure("backward without forward") }
        let normalization = ReferenceBatchNormalization.backward(
            gradient, input: kept(tape.convolved, unit), scale: tensor(unit.scaleName), statistics: statistics,
            epsilon: ResNet50Layout.normalizationEpsilon)
        let convolution = ReferenceConvolution.backward(
            normalization.input, input: kept(tape.inputs, unit), weights: tensor(unit.weightName), window: unit.window)
        gradients[unit.scaleName] = normalization.scale
        gradients[unit.shiftName] = normalization.shift
        gradients[unit.weightName] = convolution.weights
        return convolution.input
    }

    private func kept(_ maps: [String: FeatureBatch<Float>], _ unit: ConvolutionUnit) -> FeatureBatch<Float> {
        guard let map = maps[unit.name] else { preconditionFailure("backward without forward") }
        return map
    }

    private func tensor(_ name: String) -> [Float] {
        guard let tensor = tensors[name] else { preconditionFailure("ResNet-50 has no parameter \(name)") }
        return tensor
    }
}
