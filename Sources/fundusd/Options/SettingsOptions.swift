// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import Ledger
internal import LinuxIO
internal import Settings
internal import SystemPackage

/// Where the configuration comes from, and the folders; every verb takes these.
struct FolderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Configuration file (default: /etc/fundusd/config.yaml if it is there).", valueName: "file"))
    var config: String?
    @Option(help: ArgumentHelp("Images are dropped here (default: ./inbox).", valueName: "folder"))
    var inbox: String?
    @Option(help: ArgumentHelp("Verdicts appear here (default: ./outbox).", valueName: "folder"))
    var outbox: String?
    @Option(help: ArgumentHelp("Labelled images, in disease/ and normal/ (default: ./labelled).", valueName: "folder"))
    var labelled: String?
    @Option(help: ArgumentHelp("Ledger, models, archive (default: ./state).", valueName: "folder"))
    var state: String?

    var texts: [SettingKey: String?] {
        [.inbox: inbox, .outbox: outbox, .labelled: labelled, .state: state]
    }
}

/// How an image is judged.
struct JudgingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("P(disease) at or above it is disease (default: the model's own).", valueName: "0…1"))
    var threshold: String?
    @Option(
        help: ArgumentHelp("Instead: the threshold that reached this sensitivity on the hold-out.", valueName: "0…1"))
    var targetSensitivity: String?
    @Option(help: ArgumentHelp("Larger images are rejected by their header (default: 100M).", valueName: "count"))
    var maxPixels: String?
    @Option(help: ArgumentHelp("Larger files are rejected (default: 64MiB).", valueName: "size"))
    var maxBytes: String?
    @Option(
        help: ArgumentHelp(
            "Decode large images in full, or smaller and faster (default: full).", valueName: "full|scaled"))
    var decode: String?
    @Option(help: ArgumentHelp("Threads that compute the network (default: by the machine).", valueName: "count"))
    var threads: String?
    @Option(help: ArgumentHelp("What the network computes in (default: auto).", valueName: "float32|bf16|int8|auto"))
    var precision: String?

    var texts: [SettingKey: String?] {
        [
            .threshold: threshold, .targetSensitivity: targetSensitivity, .maxPixels: maxPixels, .maxBytes: maxBytes,
            .decode: decode, .threads: threads, .precision: precision,
        ]
    }
}

/// How the inbox is taken in.
struct IntakeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Screen subfolders of the inbox too (default: false).", valueName: "true|false"))
    var recursive: String?
    @Option(help: ArgumentHelp("What becomes of a screened image (default: keep).", valueName: "keep|archive|delete"))
    var after: String?
    @Option(help: ArgumentHelp("Write NAME.heatmap.jpg beside the verdict (default: false).", valueName: "true|false"))
    var heatmap: String?
    @Option(
        help: ArgumentHelp("Let the challenger look on, without verdicts (default: false).", valueName: "true|false"))
    var shadow: String?
    @Option(
        help: ArgumentHelp(
            "Tell of a person's two eyes together, in outbox/exams (default: false).", valueName: "true|false"))
    var exams: String?
    @Option(help: ArgumentHelp("Figures for Prometheus, in a .prom file (default: none).", valueName: "file"))
    var metricsFile: String?
    @Option(help: ArgumentHelp("Seconds between rescans (default: 60).", valueName: "seconds"))
    var rescanSeconds: String?
    @Option(
        help: ArgumentHelp("Seconds without change where no close event can be had (default: 2).", valueName: "seconds")
    )
    var settleSeconds: String?
    @Option(help: ArgumentHelp("Images at once (default: by the machine).", valueName: "count"))
    var workers: String?

    var texts: [SettingKey: String?] {
        [
            .recursive: recursive, .after: after, .heatmap: heatmap, .shadow: shadow, .exams: exams,
            .metricsFile: metricsFile,
            .rescanSeconds: rescanSeconds, .settleSeconds: settleSeconds, .workers: workers,
        ]
    }
}

/// What people are given to look at.
struct ReviewOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Put pictures for a person into review/ (default: false).", valueName: "true|false"))
    var review: String?
    @Option(help: ArgumentHelp("Part of the normals for a person (default: 0.1).", valueName: "0…1"))
    var reviewNormalShare: String?
    @Option(help: ArgumentHelp("Part of the diseased for a person (default: 0.5).", valueName: "0…1"))
    var reviewDiseaseShare: String?
    @Option(help: ArgumentHelp("So near the threshold is doubt (default: 0.05).", valueName: "0…0.5"))
    var reviewDoubt: String?
    @Option(help: ArgumentHelp("Pictures for a person on a day at most (default: 20).", valueName: "count"))
    var reviewPerDay: String?
    @Option(help: ArgumentHelp("Warn when sensitivity in service may be lower (default: never).", valueName: "0…1"))
    var reviewSensitivityFloor: String?

    var texts: [SettingKey: String?] {
        [
            .review: review, .reviewNormalShare: reviewNormalShare, .reviewDiseaseShare: reviewDiseaseShare,
            .reviewDoubt: reviewDoubt, .reviewPerDay: reviewPerDay,
            .reviewSensitivityFloor: reviewSensitivityFloor,
        ]
    }
}

/// How retraining is done.
struct RetrainOptions: ParsableArguments {
    @Option(help: ArgumentHelp("New images that make retraining act (default: 50).", valueName: "count"))
    var retrainMinNewImages: String?
    @Option(help: ArgumentHelp("Images that each class needs (default: 20).", valueName: "count"))
    var retrainMinPerClass: String?
    @Option(help: ArgumentHelp("Promote when the gate passes, or by hand (default: gated).", valueName: "gated|manual"))
    var retrainPromotion: String?
    @Option(help: ArgumentHelp("Named recipe (default: the best measured).", valueName: "name"))
    var retrainRecipe: String?
    @Option(help: ArgumentHelp("Epochs (default: by the recipe).", valueName: "count"))
    var retrainEpochs: String?
    @Option(help: ArgumentHelp("Images a step (default: by the recipe).", valueName: "count"))
    var retrainBatchSize: String?
    @Option(help: ArgumentHelp("Learning rate (default: by the recipe).", valueName: "number"))
    var retrainLearningRate: String?
    @Option(help: ArgumentHelp("Seed (default: 0).", valueName: "number"))
    var retrainSeed: String?
    @Option(help: ArgumentHelp("Share of people held out (default: 0.15).", valueName: "0…1"))
    var retrainHoldoutFraction: String?
    @Option(help: ArgumentHelp("AUC may be measured lower by so much (default: 0.01).", valueName: "number"))
    var retrainAucMargin: String?
    @Option(help: ArgumentHelp("Sensitivity may be measured lower by so much (default: 0.02).", valueName: "number"))
    var retrainSensitivityMargin: String?
    @Option(help: ArgumentHelp("Least specificity (default: 0.1).", valueName: "0…1"))
    var retrainSpecificityFloor: String?

    var texts: [SettingKey: String?] {
        [
            .retrainMinNewImages: retrainMinNewImages, .retrainMinPerClass: retrainMinPerClass,
            .retrainPromotion: retrainPromotion, .retrainRecipe: retrainRecipe, .retrainEpochs: retrainEpochs,
            .retrainBatchSize: retrainBatchSize, .retrainLearningRate: retrainLearningRate,
            .retrainSeed: retrainSeed, .retrainHoldoutFraction: retrainHoldoutFraction,
            .retrainAUCMargin: retrainAucMargin, .retrainSensitivityMargin: retrainSensitivityMargin,
            .retrainSpecificityFloor: retrainSpecificityFloor,
        ]
    }
}

extension Settings {
    /// The settings from all sources, with a verb's options last.
    ///
    /// - Throws: a `Refusal` that lists every fault.
    static func resolved(_ folders: FolderOptions, _ groups: [SettingKey: String?]...) throws -> Settings {
        var options: [SettingKey: String] = [:]
        for group in [folders.texts] + groups { options.merge(group.compactMapValues(\.self)) { $1 } }
        do throws(SettingsFaults) {
            return try resolve(
                file: folders.config.map { FilePath($0) }, environment: ProcessInfo.processInfo.environment,
                options: options)
        } catch {
            throw Refusal(error.isMissingFile ? .noInput : .configuration, error.description)
        }
    }
}
