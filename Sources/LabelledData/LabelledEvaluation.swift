// SPDX-License-Identifier: Apache-2.0
package import Evaluation
internal import FoundationEssentials
internal import FundusImage
internal import LinuxIO
internal import ModelStore
package import Report
internal import ResNet
package import Settings
package import SystemPackage
internal import Verdict

/// Measures a model on a folder of labelled images.
package struct LabelledEvaluation {
    private let settings: Settings
    /// An id or a folder; nil is the champion.
    private let model: String?
    private let loaded: LoadedModel
    private let judging: LabelledJudging
    /// The table that names persons and sources.
    private let groups: FilePath?
    private let targetSensitivity: Double
    private let seed: UInt64
    private let reportFolder: ReportFolder?
    private let inService: [String: InServiceFigures]

    /// Opens all that is needed: a long evaluation must not end at a missing folder or a missing right to write.
    ///
    /// - Parameters:
    ///   - groups: a CSV with `path`, and `group` (the person), `source` or both.
    ///   - report: where report.html, report.json and predictions.csv go; nil for nowhere.
    ///   - seed: where random numbers start: same seed, same intervals.
    ///   - inService: by model, what it is worth where it works, as far as that is known.
    /// - Throws: a `Refusal`: 65 where a class has no image, 66 where a folder is missing.
    package init(
        _ settings: Settings, model: String?, groups: FilePath?, report: FilePath?, targetSensitivity: Double,
        seed: UInt64, inService: [String: InServiceFigures] = [:]
    ) throws {
        self.inService = inService
        self.settings = settings
        self.model = model
        self.groups = groups
        self.targetSensitivity = targetSensitivity
        self.seed = seed
        let folder = try LabelledFolder(settings.labelled)
        try folder.requireBothClasses()
        let table = try groups.map { try ImageGroups($0, root: settings.labelled) }
        reportFolder = try report.map { try ReportFolder($0) }
        loaded = try settings.loadModel(named: model)
        judging = LabelledJudging(
            folder: folder, judge: try settings.judge(with: loaded, drawingHeatmaps: false, accepting: .jpegAndPNG),
            reader: NamedImageReader(maximumBytes: settings.maxBytes), groups: table)
    }

    /// How many images there are.
    package var count: Int { judging.folder.entries.count }

    /// Judges every image, and writes the report where one is wanted.
    ///
    /// - Parameter tell: hears what is left out, and why.
    /// - Throws: a `Refusal`: 65 where a class has no usable image.
    package func run(tell: (String) -> Void, afterEach: () -> Void) throws -> EvaluationReport {
        var report = try measure(loaded, tell: tell, afterEach: afterEach)
        report.inService = inService[loaded.record.id]
        if let reportFolder {
            let (missed, falseAlarms) = report.worstMistakes(atMost: Self.shownMistakes)
            report.mistakes = try judging.pictures(of: missed + falseAlarms)
            report.history = try settings.history(ofModel: model, tell)
            try reportFolder.write(report)
        }
        return report
    }

    /// Of each kind, in the report.
    private static let shownMistakes = 6

    private func measure(
        _ loaded: LoadedModel, tell: (String) -> Void, afterEach: () -> Void
    ) throws -> EvaluationReport {
        for remark in judging.folder.remarks { tell(remark) }
        let outcome = try judging.run(afterEach: afterEach)
        for file in outcome.skipped { tell("\(file.path) is skipped: \(file.reason)") }
        for (name, isDisease) in [("disease", true), ("normal", false)] {
            guard outcome.images.contains(where: { $0.isDisease == isDisease }) else {
                throw judging.folder.emptyClass(name, skipped: outcome.skipped.count)
            }
        }
        try checkGroups(outcome.images, tell)
        var generator = SplitMix64(seed: seed)
        return try EvaluationReport(
            question(judging.judge.operatingPoint), model: .init(loaded.record), images: outcome.images,
            skipped: outcome.skipped, unread: judging.folder.unread.kinds.map(EvaluationReport.Unread.init),
            using: &generator)
    }

    private func checkGroups(_ images: [EvaluationReport.Image], _ tell: (String) -> Void) throws {
        guard let groups else { return }
        let unknown = images.count { $0.group == nil && $0.source == nil }
        if unknown == images.count {
            throw Refusal(
                .dataError,
                """
                \(groups): has no row for any of the images, such as \(images[0].path); its paths must begin at the \
                labelled folder or at the table's own folder
                """)
        }
        if unknown > 0 {
            tell(
                "\(unknown) of \(images.count) images are not in \(groups): each counts as its own person")
        }
    }

    private func question(_ point: OperatingPoint) -> EvaluationReport.Question {
        let origin =
            switch point.source {
            case .model: "the model's own threshold"
            case .configuration: "set by \(settings.provenance[.threshold]?.origin ?? "the configuration")"
            case .targetSensitivity: "the model's threshold for the configured sensitivity"
            }
        return EvaluationReport.Question(
            folder: ImageName(settings.labelled).description,
            figures: .init(threshold: point.value, targetSensitivity: targetSensitivity), thresholdOrigin: origin,
            seed: seed, date: Date().timestamp, softwareVersion: Verdict.Software.current.version)
    }
}

extension EvaluationReport.Unread {
    fileprivate init(_ kind: UnreadFiles.Kind) {
        self.init(kind: kind.appearance, count: kind.count, first: kind.names)
    }
}

extension EvaluationReport.Model {
    fileprivate init(_ record: ModelRecord) {
        self.init(
            id: record.id, sha256: record.sha256, trainedAt: record.trainedAt?.timestamp, recipe: record.recipe,
            outputClass: record.positiveClass.rawValue, championInService: record.training?.championInService)
    }
}

extension Settings {
    /// How the model's training went, where its folder tells; nil for an imported model.
    fileprivate func history(ofModel name: String?, _ tell: (String) -> Void) throws -> TrainingHistory? {
        let store = ModelStore(root: state)
        let folder = try store.resolve(name ?? ModelStore.championLink)
        do {
            return try folder.attachment(TrainingHistory.fileName).map {
                try JSONDecoder().decode(TrainingHistory.self, from: Data($0))
            }
        } catch let failure as ModelFailure {
            tell("the report has no loss curve: \(failure.description)")
        } catch {
            let path = folder.path.appending(TrainingHistory.fileName)
            tell("\(path) is no history of a training, so the report has no loss curve")
        }
        return nil
    }
}
