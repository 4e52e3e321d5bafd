// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// The mean over each image and the linear layer, with what a training step keeps of them.
///
/// Features lie as the kernels leave them, [channel block][image][16]; the layer is small and its loops are plain.
struct TrainingHead {
    let map: BlockedMap
    private let signs: SignMap?
    private let features: BlockedMap
    private let featureGradient: BlockedMap
    private let weights, bias, weightGradient, biasGradient: TensorSlice
    private let outputs: Int

    init(map: BlockedMap, signs: SignMap?, parameters: TrainingParameters, memory: TrainingMemory) {
        guard let outputs = parameters.layout.outputs else {
            preconditionFailure("a network without a head has no loss")
        }
        self.map = map
        self.signs = signs
        self.outputs = outputs
        let layout = MapLayout.blocked(
            images: map.layout.images, channels: map.layout.channels, height: 1, width: 1)
        features = memory.map(layout)
        featureGradient = memory.map(layout)
        weights = parameters.slice("fc.weight")
        bias = parameters.slice("fc.bias")
        weightGradient = parameters.gradient("fc.weight")
        biasGradient = parameters.gradient("fc.bias")
    }

    private var images: Int { map.layout.images }
    private var channels: Int { map.layout.channels }

    /// Where a channel of an image lies among the features.
    private func place(_ image: Int, _ channel: Int) -> Int {
        let lanes = MapLayout.blockLanes
        return channel / lanes * features.layout.planePitch + image * lanes + channel % lanes
    }

    /// Logits [images, outputs].
    func forward(_ workspace: TrainingWorkspace) -> [Float] {
        var means = features.mutableSpan
        BlockedPooling.globalAverage(
            map.span, map.layout, features.layout, on: workspace.engine, into: &means)
        let (weights, bias) = (weights.span, bias.span)
        return (0..<images * outputs).map { index in
            let (image, output) = (index / outputs, index % outputs)
            var sum = Double(bias[output])
            for channel in 0..<channels {
                sum += Double(weights[output * channels + channel]) * Double(means[place(image, channel)])
            }
            return Float(sum)
        }
    }

    /// The gradients of weights and bias.
    func backward(_ gradient: [Float]) {
        precondition(gradient.count == images * outputs, "one gradient for each logit")
        let features = features.span
        var sums = weightGradient.mutableSpan
        var biasSums = biasGradient.mutableSpan
        for output in 0..<outputs {
            biasSums[output] = (0..<images).reduce(0) { $0 + gradient[$1 * outputs + output] }
            for channel in 0..<channels {
                var sum = 0.0
                for image in 0..<images {
                    sum += Double(gradient[image * outputs + output]) * Double(features[place(image, channel)])
                }
                sums[output * channels + channel] = Float(sum)
            }
        }
    }

    /// The gradient of the last map, or of the sum before its ReLU.
    func backwardToInput(_ gradient: [Float], into result: BlockedMap, _ workspace: TrainingWorkspace) {
        let weights = weights.span
        var sums = featureGradient.mutableSpan
        for image in 0..<images {
            for channel in 0..<channels {
                var sum = 0.0
                for output in 0..<outputs {
                    sum += Double(gradient[image * outputs + output]) * Double(weights[output * channels + channel])
                }
                sums[place(image, channel)] = Float(sum)
            }
        }
        AveragePoolGradient.compute(featureGradient, on: workspace.engine, into: result, where: signs)
    }
}
