// SPDX-License-Identifier: Apache-2.0
/// One thing that must hold before a challenger may replace the champion.
package struct GateCondition: Codable, Sendable, Equatable {
    /// What is asked of a challenger, by the names in `decision.json`.
    package enum Name: String, Codable, Sendable, CaseIterable {
        case selfTest = "self-test"
        case probabilities
        case images
        case imagesPerClass = "images-per-class"
        case people
        case area
        case areaLoss = "area-loss"
        case sensitivity
        case sensitivityLoss = "sensitivity-loss"
        case sensitivityInService = "sensitivity-in-service"
        case specificityFloor = "specificity-floor"
        case calibration
        case championUnchanged = "champion-unchanged"
    }

    package let name: Name
    package let passed: Bool
    /// What was found, where it is a number, and what it was held against.
    package let value: Double?
    package let limit: Double?
    /// For a person: what was found, and what was asked.
    package let sentence: String

    /// Three images of 150 are 0.02, whichever two fractions they are the difference of.
    private static let rounding = 1e-12

    /// At least the limit; a value that could not be computed never passes.
    private init(_ name: Name, _ value: Double?, atLeast limit: Double, _ sentence: String) {
        self.name = name
        passed = value.map { $0 >= limit - Self.rounding } ?? false
        self.value = value
        self.limit = limit
        self.sentence = sentence
    }

    private init(_ name: Name, passed: Bool, _ sentence: String) {
        self.name = name
        self.passed = passed
        value = nil
        limit = nil
        self.sentence = sentence
    }

    static func selfTest(_ fault: String?) -> GateCondition {
        GateCondition(
            .selfTest, passed: fault == nil,
            fault.map { "The challenger can't be used: \($0)." } ?? "The challenger loads and passes its self-test.")
    }

    /// - Parameter other: who judges by now; nil for no one.
    static func championChanged(from compared: String?, to other: String?) -> GateCondition {
        GateCondition(
            .championUnchanged, passed: false,
            "It was compared with \(compared ?? "no model"), and meanwhile \(other.map { "\($0) judges" } ?? "none judges"): "
                + "the next retraining compares again.")
    }

    static func probabilities(_ fault: EvaluationFailure?) -> GateCondition {
        GateCondition(
            .probabilities, passed: fault == nil,
            fault.map { "A model's answers are unfit: \($0)." } ?? "Both models give a probability for each image.")
    }

    static func size(_ holdout: GateDecision.Holdout, _ rules: PromotionGate.Rules) -> [GateCondition] {
        let least = min(holdout.disease, holdout.normal)
        return [
            GateCondition(
                .images, Double(holdout.images), atLeast: Double(rules.minimumImages),
                "The hold-out has \(holdout.images) images; \(rules.minimumImages) are needed to tell models apart."),
            GateCondition(
                .imagesPerClass, Double(least), atLeast: Double(rules.minimumPerClass),
                "It has \(holdout.disease) of disease and \(holdout.normal) of normal eyes; \(rules.minimumPerClass) of "
                    + "each are needed."),
            GateCondition(
                .people, Double(holdout.groups), atLeast: Double(rules.minimumPeople),
                "They are of \(holdout.groups) people; \(rules.minimumPeople) are needed to tell how far chance goes."),
        ]
    }

    static func figures(
        _ comparison: PairedComparison, _ differences: GateDifferences, _ rules: PromotionGate.Rules
    ) -> [GateCondition] {
        pair(
            .area, .areaLoss, "AUC", differences.areaUnderCurve, margin: rules.areaMargin, rules)
            + pair(
                .sensitivity, .sensitivityLoss, "sensitivity at the champion's specificity", differences.sensitivity,
                margin: rules.sensitivityMargin, rules)
            + [
                specificityFloor(comparison.challengerFigures, rules.specificityFloor),
                calibration(differences.brierScore, margin: rules.calibrationMargin),
            ]
    }

    /// The estimate against the margin, and the interval's lower end against the largest loss.
    private static func pair(
        _ estimate: Name, _ loss: Name, _ figure: String, _ difference: GateDifferences.Difference, margin: Double,
        _ rules: PromotionGate.Rules
    ) -> [GateCondition] {
        let lower = difference.lower.map { "The 95 % interval of that difference begins at \($0.signed)" }
        return [
            GateCondition(
                estimate, difference.estimate, atLeast: -margin,
                "The challenger's \(figure) is measured \(difference.estimate.signed) from the champion's; "
                    + "\((-margin).signed) is allowed."),
            GateCondition(
                loss, difference.lower, atLeast: -rules.largestLoss,
                (lower ?? "That difference has no interval")
                    + "; a loss of \(rules.largestLoss.fourDecimals) must lie outside it."),
        ]
    }

    /// At the threshold that the challenger would judge by: a better curve helps no one who is cut off elsewhere on it.
    static func sensitivityInService(
        _ challenger: ScoredSamples, threshold: Double, _ champion: ContenderFigures, margin: Double
    ) -> GateCondition {
        let sensitivity = ThresholdSteps(challenger).matrix(at: threshold).sensitivity.value ?? 0
        let difference = sensitivity - champion.sensitivity
        return GateCondition(
            .sensitivityInService, difference, atLeast: -margin,
            "At the threshold that it would judge by, \(threshold.fourDecimals), its sensitivity is "
                + "\(sensitivity.fourDecimals), measured \(difference.signed) from the champion's in service; "
                + "\((-margin).signed) is allowed.")
    }

    private static func specificityFloor(_ challenger: ContenderFigures, _ floor: Double) -> GateCondition {
        GateCondition(
            .specificityFloor, challenger.specificity, atLeast: floor,
            "As sensitive as the champion, the challenger's specificity is \(challenger.specificity.fourDecimals); at "
                + "least \(floor.fourDecimals) is asked for.")
    }

    /// Written as a loss, so that here too more is better.
    private static func calibration(_ difference: GateDifferences.Difference, margin: Double) -> GateCondition {
        GateCondition(
            .calibration, -difference.estimate, atLeast: -margin,
            "Its Brier score is measured \(difference.estimate.signed) from the champion's; \(margin.signed) is allowed."
        )
    }
}
