// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import FoundationEssentials
internal import Ledger
internal import ModelStore
internal import Settings
internal import WrittenText

extension Settings {
    /// The images of the last seven days beside the hold-out of the model that judges; nil where nothing was ever screened.
    ///
    /// Always whole weeks: a calendar week would have nothing to say each Monday.
    func weeklyDrift(by model: String, until now: Date) throws -> Drift? {
        guard let ledger = try ledgerReader() else { return nil }
        let week = try ledger.figures(since: now.addingTimeInterval(-7 * 86_400), by: model)
        return Drift(
            Drift.Week(outcomes: week.outcomes, scores: week.scores),
            against: try ScoreDistribution(of: ModelStore(root: state).folder(model)))
    }
}

extension ScoreDistribution {
    /// What a model brings along; nil where it brings none, as an imported one, or none that can be.
    fileprivate init?(of folder: ModelFolder) throws {
        guard let bytes = try folder.attachment(Self.fileName) else { return nil }
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch is DecodingError {
            return nil
        }
        guard isPossible else { return nil }
    }
}

/// The week as `fundusd status` tells it.
struct DriftReport: Encodable, Equatable {
    let images: Int
    /// Of the pictures that are JPEGs at all; nil without any.
    let ungradableShare: Double?
    /// Nil where the model brings no distribution along, or no image was scored.
    let stabilityIndex: Double?
    let warnings: [String]

    private enum CodingKeys: String, CodingKey {
        case images, warnings
        case ungradableShare = "ungradable_share"
        case stabilityIndex = "population_stability_index"
    }

    init(_ drift: Drift) {
        images = drift.week.images
        ungradableShare = drift.ungradable.value
        stabilityIndex = drift.stability?.index
        warnings = drift.warnings
    }

    var text: String {
        let ungradable = ungradableShare.map { ", \($0.rounded3) ungradable" } ?? ""
        let index = stabilityIndex.map { ", population stability index \($0.rounded3)" } ?? ""
        return "\(images) images in 7 days\(ungradable)\(index)" + warnings.map { "\n               \($0)" }.joined()
    }
}
