// SPDX-License-Identifier: Apache-2.0
/// What the gate found, with every figure and the reason for each part of it: `decision.json` beside a challenger.
package struct GateDecision: Codable, Sendable, Equatable {
    package static let fileName = "decision.json"

    package let schema: String
    /// Set by who knows the models' names; the gate sees scores only.
    package var championID: String?
    /// What people's answers say of the champion where it works; beside the hold-out's figures, and in no condition: the
    /// challenger was never in service.
    package var inService: InServiceFigures?
    package let passed: Bool
    /// For a person, in one sentence or two.
    package let summary: String
    package let conditions: [GateCondition]
    package let holdout: Holdout
    /// Nil, as the challenger's and the differences, where the images or the scores are unfit to compute any.
    package let champion: ContenderFigures?
    package let challenger: ContenderFigures?
    package let differences: GateDifferences?
    package let rules: PromotionGate.Rules

    /// The images that both were judged on.
    package struct Holdout: Codable, Sendable, Equatable {
        package let images: Int
        package let disease: Int
        package let normal: Int
        /// People, where they are known.
        package let groups: Int
    }

    init(
        conditions: [GateCondition], holdout: Holdout, champion: ContenderFigures?, challenger: ContenderFigures?,
        differences: GateDifferences?, rules: PromotionGate.Rules
    ) {
        schema = "fundusd.decision/1"
        let failed = conditions.filter { !$0.passed }
        passed = failed.isEmpty && differences != nil
        summary =
            passed
            ? "The challenger may replace the champion. " + (differences?.sentence(holdout) ?? "")
            : "The challenger is refused. " + failed.map(\.sentence).joined(separator: " ")
        self.conditions = conditions
        self.holdout = holdout
        self.champion = champion
        self.challenger = challenger
        self.differences = differences
        self.rules = rules
    }

    /// The same once another model has become the champion: what was compared is no answer any more.
    ///
    /// - Parameter champion: who judges by now; nil for no one.
    package func overtaken(by champion: String?) -> GateDecision {
        var decision = GateDecision(
            conditions: conditions + [.championChanged(from: championID, to: champion)], holdout: holdout,
            champion: self.champion, challenger: challenger, differences: differences, rules: rules)
        decision.championID = championID
        decision.inService = inService
        return decision
    }

    private enum CodingKeys: String, CodingKey {
        case schema, passed, summary, conditions, holdout, champion, challenger, differences, rules
        case championID = "champion_id"
        case inService = "in_service"
    }
}

/// Sensitivity and specificity in service, with 95 % intervals.
package struct InServiceFigures: Codable, Sendable, Equatable {
    /// A share, 0…1, with the ends of its 95 % interval.
    package struct Figure: Codable, Sendable, Equatable {
        package let value: Double
        package let lower: Double
        package let upper: Double

        /// `0.91 (95 % interval 0.85 to 0.95)`, four decimals at most.
        package var text: String {
            "\(value.fourDecimals) (95 % interval \(lower.fourDecimals) to \(upper.fourDecimals))"
        }
    }

    package let sensitivity: Figure
    package let specificity: Figure
    /// Pictures of which people said something.
    package let answers: Int

    /// Nil where too little is known.
    package init?(_ figures: ServiceFigures) {
        guard let sensitivity = figures.figures[.sensitivity], let specificity = figures.figures[.specificity] else {
            return nil
        }
        self.sensitivity = Figure(sensitivity)
        self.specificity = Figure(specificity)
        answers = Int(figures.answers.values.reduce(0) { $0 + $1.count })
    }

    /// In the place of `sentence` where there are no figures.
    package static let unknown = "In service: nothing is known yet; people have answered too little, or were not asked."

    /// One sentence, for journals and cards.
    package var sentence: String {
        "In service, from \(answers) answers of people: sensitivity \(sensitivity.text), specificity \(specificity.text)."
    }
}

extension InServiceFigures.Figure {
    fileprivate init(_ figure: ServiceFigures.Figure) {
        self.init(value: figure.value, lower: figure.interval.lower, upper: figure.interval.upper)
    }
}

/// What one of the two models showed on the hold-out.
package struct ContenderFigures: Codable, Sendable, Equatable {
    /// Of the ROC curve: 0.5 where the model guesses.
    package let areaUnderCurve: Double
    /// The champion's own; for the challenger the highest at which it is as sensitive as the champion.
    package let threshold: Double
    /// At the threshold, as the specificity.
    package let sensitivity: Double
    package let specificity: Double
    /// The best sensitivity at a specificity not below the champion's: what the two are compared by.
    package let sensitivityAtEqualSpecificity: Double
    /// Mean of (P − truth)²: less is better.
    package let brierScore: Double

    private enum CodingKeys: String, CodingKey {
        case threshold, sensitivity, specificity
        case areaUnderCurve = "area_under_curve"
        case sensitivityAtEqualSpecificity = "sensitivity_at_equal_specificity"
        case brierScore = "brier_score"
    }
}

/// Challenger minus champion, with 95 % intervals by people.
package struct GateDifferences: Codable, Sendable, Equatable {
    /// Challenger minus champion.
    package struct Difference: Codable, Sendable, Equatable {
        package let estimate: Double
        /// The interval's ends; nil where too few replicates had both classes.
        package let lower: Double?
        package let upper: Double?
    }

    package let areaUnderCurve: Difference
    /// At equal specificity.
    package let sensitivity: Difference
    /// Above zero where the challenger is worse calibrated.
    package let brierScore: Difference

    private enum CodingKeys: String, CodingKey {
        case sensitivity
        case areaUnderCurve = "area_under_curve"
        case brierScore = "brier_score"
    }

    fileprivate func sentence(_ holdout: GateDecision.Holdout) -> String {
        "On \(holdout.images) images of \(holdout.groups) people its AUC differs by \(areaUnderCurve.text), its "
            + "sensitivity at equal specificity by \(sensitivity.text)."
    }
}

extension GateDifferences.Difference {
    /// `+0.012 (-0.01 to +0.034)`.
    var text: String {
        guard let lower, let upper else { return estimate.signed }
        return "\(estimate.signed) (\(lower.signed) to \(upper.signed))"
    }
}

extension Double {
    /// Four decimals, for sentences; the figures themselves stand beside them unrounded.
    var fourDecimals: Double { (self * 10_000).rounded() / 10_000 }

    /// The same with its sign.
    var signed: String { fourDecimals < 0 ? "\(fourDecimals)" : "+\(abs(fourDecimals))" }
}
