// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import FoundationEssentials
internal import FundusImage
internal import LabelledData
internal import LinuxIO
internal import Logging
internal import ModelStore
internal import ResNet
package import Settings
internal import Supervision
internal import SystemPackage
internal import TensorMath
internal import Training
internal import Verdict
internal import WrittenText

/// Growth, challenger, gate, promotion: one retraining from its beginning to its decision.
package struct Retrainer {
    let settings: Settings
    let data: TrainingDataReader
    let reporter: TrainingReporter
    let reviewed: ReviewedTraining

    package init(
        settings: Settings, data: TrainingDataReader, reporter: TrainingReporter,
        reviewed: ReviewedTraining = ReviewedTraining()
    ) {
        self.reviewed = reviewed
        self.settings = settings
        self.data = data
        self.reporter = reporter
    }

    private var store: ModelStore { ModelStore(root: settings.state) }

    /// Retrains, decides, and leaves word in `state/last-retraining.json`.
    ///
    /// - Parameter onlyIfGrown: end, with a reason, where too little has changed.
    /// - Throws: a `Refusal`.
    package func run(onlyIfGrown: Bool) throws {
        let folder = try TrainingFolder(settings.retrainingPath)
        let champion = try Champion(settings)
        let recipe = try settings.recipe(for: champion?.record)
        let collection = try data.collect(in: folder.path, recipe, reporter)
        let growth = Growth(collection.images, since: champion?.manifest)
        reporter.say("Since the model was trained: \(growth.sentence)")
        if onlyIfGrown, let reason = settings.reasonToWait(growth) {
            return try conclude(.waited, nil, "Nothing is retrained: \(reason).")
        }
        try data.check(collection)
        let learnsGradability = data.learnsGradability(recipe, collection, reporter)
        if champion?.record.gradability != nil && !learnsGradability {
            reporter.warn(
                "The model in service knows which pictures are gradable, and the challenger will not: "
                    + "\(settings.labelled)/ungradable has too few images, or the recipe leaves it out.")
        }
        let preferred = reviewed.sides(of: collection.images)
        let divided = collection.divided(
            LabelledCollection.Division(
                holdoutFraction: settings.retrain.holdoutFraction, validationFraction: 0, seed: settings.retrain.seed,
                learnsGradability: learnsGradability, earlier: champion?.manifest?.sides ?? [:],
                preferred: preferred))
        reporter.logger.record(.retrainingStarted, "Retraining begins with \(divided.summary)")
        guard let trained = try train(recipe, divided, champion, folder) else { return }
        try decide(trained, divided, champion)
        folder.clear()
        prune()
    }

    /// A trained challenger with what it was made from.
    private struct Trained {
        let network: TrainedNetwork
        let origin: TrainingCheckpoint.Origin
        let base: TrainingBase

        func model(_ manifest: ImageManifest) throws -> NewModel {
            do throws(ModelFailure) {
                return try network.model(
                    origin, parent: base.parent, manifest, date: Date(),
                    softwareVersion: Verdict.Software.current.version)
            } catch {
                throw Refusal(error.exitStatus, error.description)
            }
        }
    }

    /// Nil after a stop on request: the process ends by the signal then.
    private func train(
        _ recipe: Recipe, _ divided: LabelledCollection.Divided, _ champion: Champion?, _ folder: TrainingFolder
    ) throws -> Trained? {
        let base = try TrainingBase.forRetraining(settings, tell: reporter.warn)
        reporter.say(base.sentence)
        let origin = TrainingCheckpoint.Origin(
            recipe: recipe, seed: settings.retrain.seed, images: divided.manifest.fingerprint, validationFraction: 0,
            base: base.description, madeNew: base.madeNew, instructionSet: "\(ComputeEngine.shared.instructionSet)")
        let start = try folder.startOrBeginAnew(
            origin, base.parameters(outputs: divided.manifest.outputs), tell: reporter.warn)
        let run = TrainingRun(divided.images, from: start, checkpointPath: folder.checkpointPath)
        switch try reporter.follow(run) {
        case .stopped:
            reporter.say("Retraining stops here and goes on the next time.")
            StopSignals.endAsAsked()
        case .finished(let network): return Trained(network: network, origin: origin, base: base)
        }
    }

    private func decide(
        _ trained: Trained, _ divided: LabelledCollection.Divided, _ champion: Champion?
    ) throws {
        var model = try trained.model(divided.manifest)
        guard let champion else {
            return try install(calibrated(model, divided.images, at: settings.threshold(of: model)))
        }
        let scores = try HoldoutComparison.scores(
            champion: champion.parameters, champion.record.diseaseLogit, challenger: trained.network, divided.images,
            trained.origin.recipe)
        var generator = SplitMix64(seed: settings.retrain.seed)
        let championThreshold = try settings.operatingPoint(of: champion.record).value
        model.takeUp(scores.championSensitivity(at: championThreshold), trained.network)
        let threshold = settings.threshold(of: model)
        let inService = reviewed.inService[champion.record.id]
        model.training?.championInService = inService?.sentence ?? InServiceFigures.unknown
        var decision = PromotionGate(settings.gateRules).decide(
            scores, championThreshold: championThreshold, challengerThreshold: threshold,
            challengerFault: threshold == nil ? "it has no threshold for the configured target-sensitivity" : nil,
            using: &generator)
        decision.championID = champion.record.id
        decision.inService = inService
        reporter.say(inService?.sentence ?? InServiceFigures.unknown)
        model.attachments.append(try decision.attachment())
        if decision.passed { model = calibrated(model, divided.images, at: threshold) }
        try follow(decision, model, champion)
    }

    /// The first model, which nothing could be compared with.
    private func install(_ model: NewModel) throws {
        guard let made = try publish(model, as: .champion, ifChampionIs: nil) else { return try concludeMadeAgain() }
        let id = made.record.id
        if made.hasAlias { return try conclude(.promoted, id, "Model \(id) is the first, and judges from now on.") }
        try conclude(
            .refused, id,
            "\(made.judging) Model \(id) is kept: there was none to compare it with when it was trained. The next "
                + "retraining compares.", reasons: GateCondition.Name.championUnchanged.rawValue)
    }

    /// Promotes, keeps or leaves the challenger, as the gate and the configuration say, and the champion of now.
    private func follow(_ compared: GateDecision, _ model: NewModel, _ champion: Champion) throws {
        let alias: ModelAlias = settings.retrain.promotion == .gated ? .champion : .challenger
        let published = try publish(
            model, as: compared.passed ? alias : nil, ifChampionIs: champion.record.id,
            overtaken: { (other) throws(ModelFailure) in try compared.overtaken(by: other).attachment() })
        guard let made = published else { return try concludeMadeAgain() }
        let id = made.record.id
        let decision =
            made.earlierChampion == champion.record.id ? compared : compared.overtaken(by: made.earlierChampion)
        guard made.hasAlias else {
            let reasons = decision.conditions.filter { !$0.passed }.map(\.name.rawValue).joined(separator: " ")
            return try conclude(
                .refused, id, "\(made.judging) Model \(id) is kept. \(decision.summary)", reasons: reasons)
        }
        switch alias {
        case .champion: try conclude(.promoted, id, "Model \(id) judges from now on. \(decision.summary)")
        case .challenger:
            try conclude(.kept, id, "Model \(id) waits for `fundusd model promote \(id)`. \(decision.summary)")
        }
    }

    /// A challenger a night would fill any disk; those that have an alias, or were just before, stay.
    private func prune() {
        do throws(ModelFailure) {
            try store.prune(keeping: Self.keptModels, now: Date())
        } catch {
            reporter.warn("Old models can't be removed: \(error.description)")
        }
    }

    /// Besides the champion, the previous one and the challenger.
    private static let keptModels = 5

    /// The same images and the same start give the same weights: so it is after a rollback on the day of the promotion.
    private func concludeMadeAgain() throws {
        try conclude(
            .refused, nil,
            "This retraining made a model that was made before today, weight for weight, so nothing changes. "
                + "`fundusd model list` shows it; a person may promote it.")
    }

    /// - Returns: nil where the store has these very weights from today.
    private func publish(
        _ model: NewModel, as alias: ModelAlias?, ifChampionIs compared: String?,
        overtaken: (String?) throws(ModelFailure) -> ModelAttachment? = { _ in nil }
    ) throws -> ModelSuccession? {
        do throws(ModelFailure) {
            return try store.publish(model, date: Date(), as: alias, ifChampionIs: compared, overtaken: overtaken)
        } catch  where error.code == .ambiguous {
            return nil
        } catch {
            throw Refusal(error.exitStatus, error.description)
        }
    }

    /// - Parameter reasons: the gate's conditions that failed, in words for programs.
    private func conclude(
        _ outcome: LastRetraining.Outcome, _ model: String?, _ sentence: String, reasons: String? = nil
    ) throws {
        var fields: [JournalFieldName: Logger.MetadataValue] = [:]
        if let reasons { fields[.reason] = .string(reasons) }
        if let model { fields[.model] = .string(model) }
        switch outcome {
        case .refused: reporter.logger.record(.retrainingRefused, "\(sentence)", fields)
        case .promoted, .kept: reporter.logger.record(.retrainingFinished, "\(sentence)", fields)
        case .waited: reporter.say(sentence)
        }
        let last = LastRetraining(outcome: outcome, model: model, summary: sentence, at: Date().timestamp)
        let json = try last.json()
        do throws(SystemFailure) {
            try AtomicFile.write(json, to: settings.lastRetrainingPath)
        } catch {
            throw Refusal(.inputOutput, error.description)
        }
    }
}

extension NewModel {
    /// Lowers the model's own threshold until it finds as many as the champion does: a clinic that has chosen to miss
    /// fewer eyes than the recipe aims at goes on missing as few.
    fileprivate mutating func takeUp(_ sensitivity: Double?, _ network: TrainedNetwork) {
        guard let sensitivity, sensitivity > threshold.sensitivity ?? 1,
            let point = network.operatingPoint(reaching: sensitivity)
        else { return }
        threshold = point
    }
}

extension PairedScores {
    /// Of the images held out; nil where none has disease.
    fileprivate func championSensitivity(at threshold: Double) -> Double? {
        let ill = isDisease.indices.filter { isDisease[$0] }
        return ill.isEmpty ? nil : Double(ill.count { champion[$0] >= threshold }) / Double(ill.count)
    }
}

extension GateDecision {
    fileprivate func attachment() throws(ModelFailure) -> ModelAttachment {
        do {
            return ModelAttachment(name: Self.fileName, bytes: try SortedJSON.bytes(self))
        } catch {
            throw ModelFailure(.notFinite, Self.fileName, explanation(of: error), remedy: "verify both models")
        }
    }
}

extension ModelSuccession {
    /// Who judges on, where this model does not.
    fileprivate var judging: String { earlierChampion.map { "Model \($0) stays." } ?? "No model judges." }
}

extension Settings {
    /// What a new model would call disease at in service; nil where it can't give the sensitivity that is asked for.
    fileprivate func threshold(of model: NewModel) -> Double? {
        switch threshold {
        case .model: model.threshold.value
        case .fixed(let value): value
        case .targetSensitivity(let sensitivity):
            (model.operatingPoints ?? []).filter { ($0.sensitivity ?? 0) >= sensitivity }.map(\.value).max()
        }
    }

    /// What an administrator may set of the gate; the rest follows from what was simulated.
    fileprivate var gateRules: PromotionGate.Rules {
        var rules = PromotionGate.Rules()
        rules.areaMargin = retrain.aucMargin
        rules.sensitivityMargin = retrain.sensitivityMargin
        rules.specificityFloor = retrain.specificityFloor
        return rules
    }

    fileprivate func reasonToWait(_ growth: Growth) -> String? {
        growth.reasonToWait(minimumNewImages: retrain.minNewImages, minimumPerClass: retrain.minPerClass)
    }

    /// The configured recipe, at the size and in the geometry of the model in service: both must see the same pictures.
    fileprivate func recipe(for champion: ModelRecord?) throws -> Recipe {
        let name = retrain.recipe ?? Recipe.screening.name
        guard var recipe = Recipe.named(name) else {
            throw Refusal(
                .configuration,
                "retrain.recipe: there is no recipe “\(name)”; there is "
                    + Recipe.all.map(\.name).joined(separator: " and "))
        }
        recipe.epochs = retrain.epochs ?? recipe.epochs
        recipe.batchSize = retrain.batchSize ?? recipe.batchSize
        recipe.learningRate = retrain.learningRate ?? recipe.learningRate
        if let champion {
            recipe.inputSide = champion.preprocessing.width
            recipe.geometry = Recipe.Geometry(champion.preprocessing.geometry)
        }
        if recipe != Recipe.named(name) { recipe.name = "\(name), changed" }
        return recipe
    }
}

extension TrainingBase {
    /// The newest base network of the store; else what a training starts from that names none.
    ///
    /// - Parameter tell: hears of a model that is damaged: it might be the base that was meant.
    fileprivate static func forRetraining(_ settings: Settings, tell: (String) -> Void) throws -> TrainingBase {
        if let base = try newestBase(ModelStore(root: settings.state), tell) {
            return try named(base, settings, seed: settings.retrain.seed)
        }
        return try usual(settings, seed: settings.retrain.seed)
    }

    private static func newestBase(_ store: ModelStore, _ tell: (String) -> Void) throws -> String? {
        do throws(ModelFailure) {
            for id in try store.list().reversed() {
                if try isBase(id, store, tell) { return id }
            }
            return nil
        } catch {
            throw Refusal(error.exitStatus, error.description)
        }
    }

    private static func isBase(
        _ id: String, _ store: ModelStore, _ tell: (String) -> Void
    ) throws(ModelFailure) -> Bool {
        do throws(ModelFailure) {
            return try store.record(id).role == .base
        } catch let failure where failure.code != .inputOutput {
            tell("Nothing is trained from \(failure.description)")
            return false
        }
    }
}
