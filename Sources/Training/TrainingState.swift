// SPDX-License-Identifier: Apache-2.0
package import ResNet

/// Everything that a training is at some step: with the images and the recipe, all that follows is determined to the bit.
package struct TrainingState: Sendable {
    /// Epochs that are over.
    package var epoch = 0
    /// Images of the epoch under way that were trained on.
    package var imagesDone = 0
    /// Loss of each of them, added up.
    package var lossSum = 0.0
    /// Steps of the optimizer so far.
    package var steps = 0
    package var parameters: ResNet50Parameters
    /// The optimizer's moments by tensor; empty before the first step.
    package var firstMoments: [String: [Float]] = [:]
    package var secondMoments: [String: [Float]] = [:]
    /// The running mean of the parameters, where the recipe keeps one.
    package var average: ResNet50Parameters?

    /// Before the first step.
    package init(parameters: ResNet50Parameters) { self.parameters = parameters }

    /// Whether every value is a number: from one that is not, no training comes back.
    package var isFinite: Bool {
        [parameters, average].compactMap(\.self).allSatisfy { $0.values.allSatisfy(\.isFinite) }
            && [firstMoments, secondMoments].allSatisfy { $0.values.allSatisfy { $0.allSatisfy(\.isFinite) } }
    }
}
