// SPDX-License-Identifier: Apache-2.0
/// What a week of live images looks like beside the hold-out.
package struct Drift: Sendable, Equatable {
    /// What became of the images: verdicts of each outcome, and P(disease) by the model in service.
    package struct Week: Sendable, Equatable {
        /// Verdicts, by the outcome's raw value.
        package var outcomes: [String: Int]
        /// P(disease) of each image that the model in service judged.
        package var scores: [Double]

        package init(outcomes: [String: Int], scores: [Double]) {
            self.outcomes = outcomes
            self.scores = scores
        }

        package var images: Int { outcomes.values.reduce(0, +) }
    }

    package let week: Week
    /// Of the pictures that are JPEGs at all.
    package let ungradable: Proportion
    /// Nil where the model brings no distribution along, or no image was scored.
    package let stability: PopulationStability?
    /// What left its band, each in a sentence; empty where nothing did.
    package let findings: [Finding: String]

    /// What can leave its band.
    package enum Finding: String, Sendable, CaseIterable {
        case scores
        case ungradable
    }

    package var warnings: [String] { Finding.allCases.compactMap { findings[$0] } }

    /// So many more ungradable pictures than usual are too many.
    package static let ungradableMargin = 0.05

    /// - Parameter reference: what the model scored on its hold-out; nil where it brings nothing along.
    package init(_ week: Week, against reference: ScoreDistribution?) {
        self.week = week
        let poor = week.outcomes["ungradable", default: 0]
        ungradable = Proportion(poor, of: max(poor, week.images - week.outcomes["rejected", default: 0]))
        stability = reference.flatMap { PopulationStability($0, live: week.scores) }
        let found: [(Finding, String?)] = [
            (.scores, Self.scoreWarning(stability)), (.ungradable, Self.gradeWarning(ungradable, reference)),
        ]
        findings = Dictionary(uniqueKeysWithValues: found).compactMapValues(\.self)
    }

    private static func scoreWarning(_ stability: PopulationStability?) -> String? {
        guard let stability, stability.leavesBand else { return nil }
        return "The scores of \(stability.images) images differ from the hold-out's: population stability index "
            + "\((stability.index * 1000).rounded() / 1000), above \(PopulationStability.band)."
    }

    /// Only where the interval says so: three of ten pictures are no proof. Where nobody graded the hold-out, none is usual.
    private static func gradeWarning(_ ungradable: Proportion, _ reference: ScoreDistribution?) -> String? {
        let usual = reference.flatMap { held in held.ungradable.map { Double($0) / Double(held.images) } } ?? 0
        guard ungradable.trials >= PopulationStability.leastImages, let interval = ungradable.interval,
            interval.lower > usual + ungradableMargin
        else { return nil }
        return "\(ungradable.successes) of \(ungradable.trials) pictures are ungradable: more than "
            + "\(percent(usual + ungradableMargin)) %, with 95 % confidence."
    }

    private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)" }
}
