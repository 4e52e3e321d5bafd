// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import Ledger
internal import LinuxIO
internal import ModelStore
internal import Retraining
package import Settings
internal import Supervision
internal import Verdict
internal import WrittenText

/// What `fundusd model compare` tells.
package struct ModelComparison: Encodable {
    struct Party: Encodable {
        let id: String
        let threshold: Double
    }

    struct Share: Encodable {
        let value: Double
        let lower: Double
        let upper: Double
    }

    struct Disagreement: Encodable {
        let name: String
        let sha256: String
        /// P(disease) by each.
        let champion: Double
        let challenger: Double
        let at: String
    }

    let champion: Party
    let challenger: Party
    let images: Int
    /// Times of the first image and the last one; nil without images.
    let first: String?
    let last: String?
    let bothDisease: Int
    let championOnly: Int
    let challengerOnly: Int
    let bothNormal: Int
    let agreement: Share?
    let kappa: Double?
    let meanDifference: Double?
    /// Those that lie furthest apart first.
    let disagreements: [Disagreement]

    private enum CodingKeys: String, CodingKey {
        case champion, challenger, images, first, last, agreement, kappa, disagreements
        case bothDisease = "both_disease"
        case championOnly = "champion_only"
        case challengerOnly = "challenger_only"
        case bothNormal = "both_normal"
        case meanDifference = "mean_difference"
    }

    /// - Parameters:
    ///   - champion: the model that judged: an id, the beginning of one, a link of the store, or a folder.
    ///   - challenger: the model that looked on.
    /// - Throws: a `Refusal` or a `ModelFailure`.
    package init(of challenger: String, beside champion: String, _ settings: Settings) throws {
        let store = ModelStore(root: settings.state)
        let pair = (
            champion: try store.judge(named: champion).record(), challenger: try store.judge(named: challenger).record()
        )
        try self.init(
            scores: try settings.shadowScores(of: pair.challenger.id, beside: pair.champion.id), pair, settings)
    }

    private init(
        scores: [ShadowScores.Score], _ pair: (champion: ModelRecord, challenger: ModelRecord), _ settings: Settings
    ) throws {
        champion = try Party(id: pair.champion.id, threshold: settings.operatingPoint(of: pair.champion).value)
        challenger = try Party(id: pair.challenger.id, threshold: settings.operatingPoint(of: pair.challenger).value)
        var counted = VerdictAgreement()
        for score in scores {
            counted.count(
                champion: (score.champion, champion.threshold), challenger: (score.challenger, challenger.threshold))
        }
        images = counted.images
        (first, last) = (scores.first?.at, scores.last?.at)
        (bothDisease, bothNormal) = (counted.bothDisease, counted.bothNormal)
        (championOnly, challengerOnly) = (counted.championOnly, counted.challengerOnly)
        agreement = counted.agreeing.interval.map { interval in
            Share(value: counted.agreeing.value ?? 0, lower: interval.lower, upper: interval.upper)
        }
        (kappa, meanDifference) = (counted.kappa, counted.meanDifference)
        disagreements = Self.disagreements(scores, champion, challenger)
    }

    private static func disagreements(
        _ scores: [ShadowScores.Score], _ champion: Party, _ challenger: Party
    ) -> [Disagreement] {
        scores
            .filter { ($0.champion >= champion.threshold) != ($0.challenger >= challenger.threshold) }
            .sorted { abs($0.champion - $0.challenger) > abs($1.champion - $1.challenger) }
            .map {
                Disagreement(
                    name: $0.name.description, sha256: $0.sha256, champion: $0.champion, challenger: $0.challenger,
                    at: $0.at)
            }
    }
}

extension ModelComparison {
    /// For a person.
    ///
    /// - Parameter limit: so many disagreements are listed.
    package func text(limit: Int) -> String {
        guard let first, let last, let agreement else {
            return """
                No image was judged by both \(champion.id) and \(challenger.id) yet. With `shadow: true` in the \
                configuration a running daemon lets the challenger look on.
                """
        }
        let shown = disagreements.prefix(limit)
        return """
            Champion:      \(champion.id), disease at P \(champion.threshold.rounded3) or above
            Challenger:    \(challenger.id), disease at P \(challenger.threshold.rounded3) or above
            Images:        \(images), from \(first) to \(last)
            Both:          \(bothDisease) disease, \(bothNormal) normal
            One:           \(championOnly) disease by the champion only, \(challengerOnly) by the challenger only
            Agreement:     \(agreement.value.rounded3) (95 % interval \(agreement.lower.rounded3) to \
            \(agreement.upper.rounded3)), kappa \(kappa?.rounded3 ?? "not defined")
            Mean P:        \((meanDifference ?? 0).rounded3) higher by the challenger
            """ + shown.map { "\n\($0.line)" }.joined() + rest(disagreements.count - shown.count)
    }

    private func rest(_ count: Int) -> String { count > 0 ? "\n… and \(count) more; see --limit and --json" : "" }
}

extension ModelComparison.Disagreement {
    fileprivate var line: String {
        "P \(champion.rounded3) → \(challenger.rounded3)  \(TerminalText.escaped(name))  \(sha256.prefix(12))"
    }
}

extension Settings {
    /// None where no challenger ever looked on.
    fileprivate func shadowScores(of challenger: String, beside champion: String) throws -> [ShadowScores.Score] {
        do {
            guard try FileStatus.at(shadowPath) != nil else { return [] }
            return try ShadowScores(reading: shadowPath).scores(of: challenger, beside: champion)
        } catch {
            throw Refusal(
                .inputOutput, "\(shadowPath): the challenger's scores can't be read: \(explanation(of: error))")
        }
    }
}
