// SPDX-License-Identifier: Apache-2.0
/// What both models said of the same images.
package struct PairedScores: Sendable, Equatable {
    /// P(disease) of each image by the model in service.
    package let champion: [Double]
    /// P(disease) of each image by the new one.
    package let challenger: [Double]
    package let isDisease: [Bool]
    /// The person of each image; nil where no such thing is known.
    package let groups: [String]?

    /// - Parameter groups: names that images of one person share, or nil where no such thing is known.
    package init(champion: [Double], challenger: [Double], isDisease: [Bool], groups: [String]?) {
        precondition(champion.count == isDisease.count && challenger.count == isDisease.count, "two scores an image")
        precondition(groups.map { $0.count == isDisease.count } ?? true, "a group for each image")
        self.champion = champion
        self.challenger = challenger
        self.isDisease = isDisease
        self.groups = groups
    }

    func samples() throws(EvaluationFailure) -> (champion: ScoredSamples, challenger: ScoredSamples) {
        (
            try ScoredSamples(scores: champion, isDisease: isDisease, groups: groups),
            try ScoredSamples(scores: challenger, isDisease: isDisease, groups: groups)
        )
    }

    var holdout: GateDecision.Holdout {
        let disease = isDisease.count { $0 }
        return GateDecision.Holdout(
            images: isDisease.count, disease: disease, normal: isDisease.count - disease,
            groups: groups.map { Set($0).count } ?? isDisease.count)
    }
}
