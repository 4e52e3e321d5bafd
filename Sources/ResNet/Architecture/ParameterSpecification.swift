// SPDX-License-Identifier: Apache-2.0
/// One tensor that a weight file must hold.
package struct ParameterSpecification: Sendable, Hashable {
    /// What the tensor is to its layer; decides how it is initialized and folded.
    package enum Role: Sendable, Hashable {
        /// [output channels, input channels, kernel, kernel].
        case convolution
        case normalizationScale, normalizationShift, runningMean, runningVariance
        /// [outputs, features].
        case linearWeight
        case linearBias
    }

    /// torchvision's name, such as `layer1.0.bn2.running_mean`.
    package let name: String
    /// As torchvision has it: [output, input, ky, kx] of a convolution, [channels] of batch norm.
    package let shape: [Int]
    package let role: Role

    /// Floats.
    package var count: Int { shape.reduce(1, *) }

    /// Stages between the tensor's and the head: 0 in the head and in stage 4, 3 in stage 1, 4 in the stem.
    package var stagesBelowHead: Int {
        if role == .linearWeight || role == .linearBias { return 0 }
        guard name.hasPrefix("layer"), let stage = name.dropFirst(5).first?.wholeNumberValue else { return 4 }
        return 4 - stage
    }

    /// Whether a gradient moves it; running statistics follow the batches instead.
    package var isTrained: Bool { role != .runningMean && role != .runningVariance }
}
