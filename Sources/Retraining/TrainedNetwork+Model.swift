// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
package import FoundationEssentials
package import LabelledData
package import ModelStore
internal import Training

extension TrainedNetwork {
    /// The sensitivities that `target-sensitivity` may ask for.
    private static let sensitivities = [0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99]

    /// The model that is to be published, with what it was made of.
    ///
    /// - Parameter parent: the id of the model that the training started from, if one did.
    package func model(
        _ origin: TrainingCheckpoint.Origin, parent: String?, _ manifest: ImageManifest, date: Date,
        softwareVersion: String
    ) throws(ModelFailure) -> NewModel {
        var model = NewModel(parameters: parameters, positiveClass: .disease)
        model.trainedAt = date
        model.parent = parent
        model.recipe = origin.recipe.name
        model.preprocessing = origin.recipe.preprocessing
        if let figures {
            model.threshold = Self.point(figures.threshold, figures)
            model.operatingPoints = Self.sensitivities.map {
                Self.point(Self.threshold(reaching: $0, figures.samples), figures)
            }
        }
        model.gradability = gradability?.record
        model.training = training(origin, manifest, softwareVersion)
        model.attachments = [
            ModelAttachment(name: ImageManifest.fileName, bytes: manifest.csv),
            ModelAttachment(name: TrainingHistory.fileName, bytes: try Self.json(history, TrainingHistory.fileName)),
            ModelAttachment(
                name: TrainingCheckpoint.originFileName, bytes: try Self.json(origin, TrainingCheckpoint.originFileName)
            ),
        ]
        if let distribution = figures.flatMap({ ScoreDistribution($0.samples.scores) }) {
            model.attachments.append(
                ModelAttachment(
                    name: ScoreDistribution.fileName, bytes: try Self.json(distribution, ScoreDistribution.fileName)))
        }
        return model
    }

    /// The threshold that reaches a sensitivity on the hold-out, with what it costs; nil where that is too small to say.
    package func operatingPoint(reaching sensitivity: Double) -> ModelRecord.MeasuredThreshold? {
        figures.map { Self.point(Self.threshold(reaching: sensitivity, $0.samples), $0) }
    }

    private func training(
        _ origin: TrainingCheckpoint.Origin, _ manifest: ImageManifest, _ softwareVersion: String
    ) -> ModelRecord.Training {
        func count(_ side: HoldoutSplit.Side, _ label: ImageLabel) -> Int {
            manifest.rows.count { $0.side == side && $0.label == label }
        }
        let measuring = manifest.rows.filter { $0.side == .holdout && $0.label.isDisease != nil }
        let groups = Set(measuring.map(\.group)).count
        return ModelRecord.Training(
            seed: origin.seed, epochs: history.epochs.count,
            trainedOn: .init(disease: count(.training, .disease), normal: count(.training, .normal)),
            holdout: groups == 0
                ? nil : .init(disease: count(.holdout, .disease), normal: count(.holdout, .normal), groups: groups),
            softwareVersion: softwareVersion, figures: figures.map(Self.recorded), temperature: temperature)
    }

    private static func recorded(_ figures: EvaluationFigures) -> ModelRecord.Training.Figures {
        .init(
            areaUnderCurve: figures.roc?.areaUnderCurve, low: figures.areaUnderCurveInterval?.lower,
            high: figures.areaUnderCurveInterval?.upper, sensitivity: figures.matrix.sensitivity.value,
            specificity: figures.matrix.specificity.value)
    }

    private static func point(_ threshold: Double, _ figures: EvaluationFigures) -> ModelRecord.MeasuredThreshold {
        let matrix = figures.steps.matrix(at: threshold)
        return ModelRecord.MeasuredThreshold(
            value: threshold, sensitivity: matrix.sensitivity.value, specificity: matrix.specificity.value)
    }

    private static func json(_ value: some Encodable, _ name: String) throws(ModelFailure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
        } catch {
            throw ModelFailure(
                .notFinite, name, "would hold a number that is not finite",
                remedy: "train anew with a lower learning rate")
        }
    }
}

extension TrainedNetwork {
    /// One sentence for whoever waited for it.
    package var summary: String { diseaseSummary + (gradability?.summary ?? "") }

    private var diseaseSummary: String {
        guard let figures, let area = figures.roc?.areaUnderCurve else {
            return "Trained; too few images were kept aside to say how well, so its threshold is 0.5"
        }
        let interval = figures.areaUnderCurveInterval.map { " (95 % \($0.lower.percent)–\($0.upper.percent) %)" } ?? ""
        let matrix = figures.matrix
        return """
            Trained; on \(figures.samples.count) images of people kept aside the AUC is \(area.percent) %\(interval), and at \
            its threshold \((figures.threshold * 1000).rounded() / 1000) it finds \(matrix.truePositives) of \
            \(figures.samples.diseaseCount) with disease and clears \(matrix.trueNegatives) of \
            \(figures.samples.normalCount) without
            """
    }
}

extension GradabilityMeasurement {
    /// The end of a sentence.
    fileprivate var summary: String {
        guard let areaUnderCurve else { return "; how well it knows ungradable pictures is not measured" }
        return """
            ; of ungradable pictures it finds \(ungradableFound) of \(ungradableCount) and refuses \(gradableRefused) of \
            \(gradableCount) gradable ones (AUC \(areaUnderCurve.percent) %)
            """
    }
}

extension Double {
    /// With one decimal.
    fileprivate var percent: String { "\((self * 1000).rounded() / 10)" }
}
