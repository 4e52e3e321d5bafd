// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// The same network as plain loops with its batch norms apart: slow, and what the fast path is tested against.
package enum ResNet50Reference {
    /// - Parameter input: NCHW, 1×3×height×width.
    /// - Returns: one value per output, or none for a network without a head.
    package static func logits(
        of input: [Float], height: Int, width: Int, parameters: ResNet50Parameters
    ) -> [Float] {
        let layout = parameters.layout
        var map = FeatureMap(channels: 3, height: height, width: width, values: input)
        map = ReferenceLayers.rectified(normalizedConvolution(map, layout.stem, parameters))
        map = ReferenceLayers.maximumPool(map, window: ResNet50Layout.stemPool)
        for block in layout.blocks { map = output(of: block, map, parameters) }
        let features = ReferenceLayers.globalAveragePool(map)
        guard layout.outputs != nil else { return [] }
        return ReferenceLayers.linear(
            features, weights: Array(parameters["fc.weight"]), bias: Array(parameters["fc.bias"]))
    }

    private static func output(
        of block: Bottleneck<ConvolutionUnit>, _ input: FeatureMap, _ parameters: ResNet50Parameters
    ) -> FeatureMap {
        let reduced = ReferenceLayers.rectified(normalizedConvolution(input, block.reduce, parameters))
        let spatial = ReferenceLayers.rectified(normalizedConvolution(reduced, block.spatial, parameters))
        let expanded = normalizedConvolution(spatial, block.expand, parameters)
        let residual = block.projection.map { normalizedConvolution(input, $0, parameters) } ?? input
        return ReferenceLayers.rectified(ReferenceLayers.sum(expanded, residual))
    }

    private static func normalizedConvolution(
        _ input: FeatureMap, _ unit: ConvolutionUnit, _ parameters: ResNet50Parameters
    ) -> FeatureMap {
        let convolved = ReferenceLayers.convolution(
            input, weights: Array(parameters[unit.weightName]), outputChannels: unit.outputChannels,
            window: unit.window)
        return ReferenceLayers.batchNormalization(
            convolved, scale: Array(parameters[unit.scaleName]), shift: Array(parameters[unit.shiftName]),
            mean: Array(parameters[unit.meanName]), variance: Array(parameters[unit.varianceName]),
            epsilon: ResNet50Layout.normalizationEpsilon)
    }
}
