// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import LabelledData
import ModelStore
import Report
import Settings
import SystemPackage
import Training

/// What reads a folder of labelled pictures: `evaluate`, `train`, `retrain` and `model import --holdout`.
enum LabelledWork: String, CaseIterable {
    case evaluate, train, retrain, importModel

    /// Those that tell what they pass over.
    static let telling: [LabelledWork] = [.evaluate, .train, .retrain]

    /// Does it on a site's labelled folder.
    ///
    /// - Returns: what it told.
    func run(on site: ScreeningSite) throws -> String {
        switch self {
        case .evaluate: return try site.evaluate().told
        case .train:
            var recipe = Recipe.quick
            (recipe.epochs, recipe.batchSize) = (1, 8)
            return try site.train(recipe: recipe, takesUngradable: false).said
        case .retrain: return try site.retrain().said
        case .importModel:
            let narrow = PackageRoot.path.pushing("Tests/ModelStoreTests/Golden/checkpoints/narrow.pth")
            let holdout = try HoldoutTensors(site.path("labelled"))
            _ = try site.store.importModel(
                from: narrow, meaning: .positive(.normal), date: Date(), holdout: holdout.next(as:))
            return ""
        }
    }
}

extension ScreeningSite {
    /// Judges the labelled folder by the champion, into the folder `report`.
    func evaluate(groups: String? = nil) throws -> (report: EvaluationReport, told: String) {
        let evaluation = try LabelledEvaluation(
            try settings(), model: nil, groups: groups.map(path), report: path("report"), targetSensitivity: 0.95,
            seed: 0)
        var told = ""
        let report = try evaluation.run(tell: { told += "\($0)\n" }, afterEach: {})
        return (report, told)
    }
}
