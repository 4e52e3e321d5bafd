// SPDX-License-Identifier: Apache-2.0
/// Whether a challenger may replace the champion: judged on the same held-out images, which neither was trained on.
///
/// Two models are never measured exactly, so there are two limits. What is measured must not be worse than the champion
/// by more than a margin; and a loss that would harm, `largestLoss`, must lie outside the 95 % interval. The second alone
/// is what keeps bad models out: one that is worse by `largestLoss` passes once in 40 times. docs/retraining.md has
/// the rates that were found by simulation.
///
/// Sensitivities are compared at equal specificity, the champion's. A threshold that was chosen on these very images for a
/// certain sensitivity has that sensitivity whatever the model is worth, so comparing there would compare nothing.
package struct PromotionGate: Sendable, Equatable {
    package let rules: Rules

    package init(_ rules: Rules = Rules()) { self.rules = rules }

    /// The numbers that an administrator may set.
    package struct Rules: Codable, Sendable, Equatable {
        /// How much lower the challenger's AUC may be measured.
        package var areaMargin = 0.01
        /// How much lower its sensitivity may be measured, at the champion's specificity.
        package var sensitivityMargin = 0.02
        /// A loss of AUC or sensitivity that must be ruled out with 95 % confidence.
        package var largestLoss = 0.05
        /// Least specificity at the champion's sensitivity: below it nearly every healthy eye is referred.
        package var specificityFloor = 0.1
        /// How much higher the Brier score may be measured.
        package var calibrationMargin = 0.01
        package var minimumImages = 100
        /// Images of each class that the hold-out must have.
        package var minimumPerClass = 40
        /// Intervals are drawn by people: of a few they are too narrow, however many images each gave.
        package var minimumPeople = 40
        /// How often people are drawn anew for the intervals of the differences.
        package var replicates = 2000
        /// Of the generator that the caller makes: the same images and scores then give the same decision.
        package var seed: UInt64 = 1

        package init() {}

        private enum CodingKeys: String, CodingKey {
            case replicates, seed
            case areaMargin = "area_margin"
            case sensitivityMargin = "sensitivity_margin"
            case largestLoss = "largest_loss"
            case specificityFloor = "specificity_floor"
            case calibrationMargin = "calibration_margin"
            case minimumImages = "minimum_images"
            case minimumPerClass = "minimum_per_class"
            case minimumPeople = "minimum_people"
        }
    }

    /// Decides, and says why; never fails.
    ///
    /// - Parameter championThreshold: what the champion calls disease at, in service.
    /// - Parameter challengerThreshold: what the challenger would; nil where it is left to a person, and not examined.
    /// - Parameter challengerFault: why the challenger can't be loaded or fails its self-test; nil where it is in order.
    package func decide(
        _ scores: PairedScores, championThreshold: Double, challengerThreshold: Double? = nil,
        challengerFault: String? = nil,
        using generator: inout some RandomNumberGenerator
    ) -> GateDecision {
        var conditions = [GateCondition.selfTest(challengerFault)]
        guard challengerFault == nil else { return refusal(scores, conditions) }
        let samples: (champion: ScoredSamples, challenger: ScoredSamples)
        do throws(EvaluationFailure) {
            samples = try scores.samples()
            conditions.append(.probabilities(nil))
        } catch {
            return refusal(scores, conditions + [.probabilities(error)])
        }
        conditions += GateCondition.size(scores.holdout, rules)
        guard conditions.allSatisfy(\.passed) else { return refusal(scores, conditions) }
        let comparison = PairedComparison(samples.champion, samples.challenger, championThreshold: championThreshold)
        let differences = GateDifferences(comparison, replicates: rules.replicates, using: &generator)
        conditions += GateCondition.figures(comparison, differences, rules)
        if let challengerThreshold {
            conditions.append(
                .sensitivityInService(
                    samples.challenger, threshold: challengerThreshold, comparison.championFigures,
                    margin: rules.sensitivityMargin))
        }
        return GateDecision(
            conditions: conditions, holdout: scores.holdout, champion: comparison.championFigures,
            challenger: comparison.challengerFigures, differences: differences, rules: rules)
    }

    private func refusal(_ scores: PairedScores, _ conditions: [GateCondition]) -> GateDecision {
        GateDecision(
            conditions: conditions, holdout: scores.holdout, champion: nil, challenger: nil, differences: nil,
            rules: rules)
    }
}
