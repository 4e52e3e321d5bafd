package import Evaluation
internal import FundusImage
internal import LabelledData
package import ModelStore
package import ResNet
package import Training

/// What champion and challenger say of the same images, which neither was trained on.
package enum HoldoutComparison {
    /// - Parameters:
    ///   - champion: the weights of the model that judges, and the class that its logit speaks for.
    ///   - images: those that the challenger was trained with; its hold-out measures both.
    package static func scores(
        champion: ResNet50Parameters, _ positiveClass: ModelRecord.PositiveClass, challenger: TrainedNetwork,
        _ images: TrainingImages, _ recipe: Recipe
    ) throws -> PairedScores {
        let measured = try NetworkMeasurement(champion, images.judgedHoldout, of: images, recipe.preprocessing)
        let probabilities = (measured?.logits ?? []).map {
            Probability.ofDisease(logit: Double($0), positiveClass: positiveClass)
        }
        return PairedScores(
            champion: probabilities, challenger: challenger.holdoutProbabilities,
            isDisease: images.judgedHoldout.map { $0.label == .disease },
            groups: images.judgedHoldout.map { String($0.group) })
    }
}
