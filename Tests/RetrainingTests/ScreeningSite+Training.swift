// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import Foundation
import FundusImage
import LabelledData
import ModelStore
import ResNet
import Retraining
import Settings
import SystemPackage
import Training

extension Recipe {
    /// Quick, for a narrow network and a few drawn eyes.
    static var quick: Recipe {
        var recipe = Recipe.screening
        (recipe.name, recipe.inputSide, recipe.epochs, recipe.batchSize) = ("screening, changed", 64, 3, 4)
        return recipe
    }
}

/// What `fundusd train` and `fundusd retrain` do, without their command lines.
extension ScreeningSite {
    /// Trains from the labelled folder into a folder of the working folder.
    ///
    /// - Parameters:
    ///   - base: as `--base` takes it; nil for what a training starts from that names none.
    ///   - settings: options that differ from the configuration.
    @discardableResult
    func train(
        _ output: String = "model", base: String? = ModelStore.championLink, recipe: Recipe = .quick, minimum: Int = 5,
        holdoutFraction: Double = 0.15, groups: String? = nil, persons: String? = nil, takesUngradable: Bool = true,
        seed: UInt64 = 0, settings: [SettingKey: String] = [:], log: TrainingLog = TrainingLog()
    ) throws -> TrainingLog {
        let settings = try self.settings(settings)
        let data = try TrainingDataReader(
            settings, groups: groups.map { path($0).string }, personPattern: persons, takesUngradable: takesUngradable,
            minimumPerClass: minimum, links: .followed)
        let job = TrainingJob(
            settings: settings, output: path(output), base: base, recipe: recipe, data: data,
            holdoutFraction: holdoutFraction, validationFraction: 0.1, seed: seed)
        _ = try job.run(isResuming: false, log.reporter)
        return log
    }

    @discardableResult
    func retrain(
        onlyIfGrown: Bool = false, _ options: [SettingKey: String] = [:],
        reviewed: ReviewedTraining = ReviewedTraining(), log: TrainingLog = TrainingLog()
    ) throws -> TrainingLog {
        let settings = try self.settings(options)
        let data = try TrainingDataReader(
            settings, groups: nil, personPattern: nil, takesUngradable: false,
            minimumPerClass: settings.retrain.minPerClass, links: .refused)
        try Retrainer(settings: settings, data: data, reporter: log.reporter, reviewed: reviewed).run(
            onlyIfGrown: onlyIfGrown)
        return log
    }

    /// Publishes a narrow network, and makes it the champion where there is none.
    ///
    /// - Parameters:
    ///   - side: of its input, in pixels. At 64 the quality check takes some of the drawn lesions for the field's border.
    ///   - outputs: classes of a softmax, the third of which is normal; nil for one output that speaks for normal.
    @discardableResult
    func addModel(
        seed: UInt64 = 1, side: Int = 128, outputs: Int? = nil, as alias: ModelAlias? = .champion
    ) throws -> String {
        let layout = ResNet50Layout(baseWidth: SeededNetwork.narrowWidth, outputs: outputs ?? 1)
        var model = NewModel(
            parameters: SeededNetwork.parameters(layout: layout, seed: seed),
            positiveClass: outputs == nil ? .normal : .disease)
        model.preprocessing = Preprocessing(.squeeze, side: side)
        if outputs != nil { model.normalClass = 2 }
        return try store.publish(model, date: Date(), as: alias, ifChampionIs: store.championID).record.id
    }

    var store: ModelStore { ModelStore(root: path("state")) }

    func decision(_ model: String) throws -> GateDecision {
        try JSONDecoder().decode(GateDecision.self, from: Data(read("state/models/\(model)/decision.json")))
    }

    func manifest(_ model: String) throws -> ImageManifest {
        try ImageManifest(parsing: read("state/models/\(model)/images.csv"))
    }
}
