// SPDX-License-Identifier: Apache-2.0
package import Evaluation
internal import FundusImage
internal import LabelledData
package import ModelStore
package import ResNet
package import Training

/// What champion and challenger say of the same images, which neither was trained on.
package enum HoldoutComparison {
    /// - Parameters:
    ///   - champion: the weights of the model that judges, and how its outputs become a logit.
    ///   - images: those that the challenger was trained with; its hold-out measures both.
    package static func scores(
        champion: ResNet50Parameters, _ diseaseLogit: DiseaseLogit, challenger: TrainedNetwork,
        _ images: TrainingImages, _ recipe: Recipe
    ) throws -> PairedScores {
        let measured = try NetworkMeasurement(champion, images.judgedHoldout, of: images, recipe.preprocessing)
        let probabilities = (measured?.outputs ?? []).map { diseaseLogit.probability($0) }
        return PairedScores(
            champion: probabilities, challenger: challenger.holdoutProbabilities,
            isDisease: images.judgedHoldout.map { $0.label == .disease },
            groups: images.judgedHoldout.map { String($0.group) })
    }
}
