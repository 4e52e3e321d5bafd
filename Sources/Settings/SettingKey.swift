// SPDX-License-Identifier: Apache-2.0
/// Every setting's name, in the order in which it is printed and documented.
///
/// The raw value is the spelling of the file; the two others follow from it. Resolving, `check-config --print`,
/// the sample file and `docs/configuration.md` are all driven by this table.
package enum SettingKey: String, CaseIterable, Sendable {
    case inbox
    case outbox
    case labelled
    case state
    case recursive
    case threshold
    case targetSensitivity = "target-sensitivity"
    case after
    case heatmap
    case shadow
    case exams
    case maxPixels = "max-pixels"
    case maxBytes = "max-bytes"
    case decode
    case rescanSeconds = "rescan-seconds"
    case settleSeconds = "settle-seconds"
    case workers
    case threads
    case precision
    case metricsFile = "metrics-file"
    case review
    case reviewNormalShare = "review.normal-share"
    case reviewDiseaseShare = "review.disease-share"
    case reviewDoubt = "review.doubt"
    case reviewPerDay = "review.per-day"
    case reviewSensitivityFloor = "review.sensitivity-floor"
    case retrainMinNewImages = "retrain.min-new-images"
    case retrainMinPerClass = "retrain.min-per-class"
    case retrainPromotion = "retrain.promotion"
    case retrainRecipe = "retrain.recipe"
    case retrainEpochs = "retrain.epochs"
    case retrainBatchSize = "retrain.batch-size"
    case retrainLearningRate = "retrain.learning-rate"
    case retrainSeed = "retrain.seed"
    case retrainHoldoutFraction = "retrain.holdout-fraction"
    case retrainAUCMargin = "retrain.auc-margin"
    case retrainSensitivityMargin = "retrain.sensitivity-margin"
    case retrainSpecificityFloor = "retrain.specificity-floor"

    /// The spelling in the configuration file: `retrain.min-new-images`.
    package var name: String { rawValue }

    /// The spelling in the environment: `FUNDUSD_RETRAIN_MIN_NEW_IMAGES`.
    package var environmentName: String {
        Self.environmentPrefix + String(name.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    }

    /// The spelling on the command line: `--retrain-min-new-images`.
    package var optionName: String { "--" + String(name.map { $0 == "." ? "-" : $0 }) }

    static let environmentPrefix = "FUNDUSD_"

    /// Groups of keys that the file may write as a mapping of their own.
    static let groups = Set(
        allCases.compactMap { key in key.name.firstIndex(of: ".").map { String(key.name[..<$0]) } })
}

/// What a setting holds when nobody says anything.
package enum SettingDefault: Sendable, Equatable {
    /// A value, spelled as the file would.
    case text(String)
    /// No value: something else decides, named in a few words.
    case unset(String)

    /// The value's text, or nil where something else decides.
    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// What a reader is shown.
    package var shown: String {
        switch self {
        case .text(let text): text
        case .unset(let decidedBy): decidedBy
        }
    }
}

extension SettingKey {
    /// The value that holds when no source gives one.
    package var builtIn: SettingDefault {
        switch self {
        case .inbox: .text("./inbox")
        case .outbox: .text("./outbox")
        case .labelled: .text("./labelled")
        case .state: .text("./state")
        case .recursive, .heatmap, .shadow, .exams, .review: .text("false")
        case .threshold: .unset("the model's own")
        case .targetSensitivity: .unset("not set")
        case .after: .text("keep")
        case .maxPixels: .text("100M")
        case .maxBytes: .text("64MiB")
        case .decode: .text("full")
        case .rescanSeconds: .text("60")
        case .settleSeconds: .text("2")
        case .workers, .threads: .unset("by the machine")
        case .precision: .text("auto")
        case .metricsFile: .unset("no file")
        case .reviewNormalShare: .text("0.1")
        case .reviewDiseaseShare: .text("0.5")
        case .reviewDoubt: .text("0.05")
        case .reviewPerDay: .text("20")
        case .reviewSensitivityFloor: .unset("not watched")
        case .retrainMinNewImages: .text("50")
        case .retrainMinPerClass: .text("20")
        case .retrainPromotion: .text("gated")
        case .retrainRecipe: .unset("the best measured")
        case .retrainEpochs, .retrainBatchSize, .retrainLearningRate: .unset("by the recipe")
        case .retrainSeed: .text("0")
        case .retrainHoldoutFraction: .text("0.15")
        case .retrainAUCMargin: .text("0.01")
        case .retrainSensitivityMargin: .text("0.02")
        case .retrainSpecificityFloor: .text("0.1")
        }
    }

    /// What kind of value is expected, with its unit.
    package var unit: String {
        switch self {
        case .inbox, .outbox, .labelled, .state: "folder"
        case .recursive, .heatmap, .shadow, .exams, .review: "true or false"
        case .threshold: "probability, 0 < t < 1"
        case .targetSensitivity: "fraction, 0 < s < 1"
        case .after: "keep, archive or delete"
        case .maxPixels: "pixels; suffixes k, M, G"
        case .maxBytes: "bytes; suffixes k, M, G, KiB, MiB, GiB"
        case .decode: "full or scaled"
        case .rescanSeconds, .settleSeconds: "seconds"
        case .workers, .threads, .retrainMinNewImages, .retrainMinPerClass: "count"
        case .precision: "float32, bf16, int8 or auto"
        case .metricsFile: "file"
        case .reviewNormalShare, .reviewDiseaseShare: "fraction, 0 < f ≤ 1"
        case .reviewDoubt: "probability, 0 ≤ d ≤ 0.5"
        case .reviewPerDay: "count"
        case .reviewSensitivityFloor: "fraction, 0 < s < 1"
        case .retrainPromotion: "gated or manual"
        case .retrainRecipe: "name of a recipe"
        case .retrainEpochs, .retrainBatchSize: "count"
        case .retrainLearningRate: "number, 0 < r ≤ 10"
        case .retrainSeed: "whole number from 0"
        case .retrainHoldoutFraction: "fraction, 0 < f < 1"
        case .retrainAUCMargin, .retrainSensitivityMargin: "number, 0 ≤ m ≤ 0.1"
        case .retrainSpecificityFloor: "number, 0 ≤ s < 1"
        }
    }

    /// What the setting does, in one or two sentences.
    package var meaning: String {
        switch self {
        case .inbox: "Images are dropped here."
        case .outbox: "Verdicts appear here. It may not lie inside the inbox, nor the inbox inside it."
        case .labelled: "Images with a known answer, in disease/ and normal/: what retraining learns from."
        case .state: "The ledger, the models and the archive. It may not lie inside the inbox."
        case .recursive: "Screen the inbox's subfolders too; the outbox mirrors them."
        case .threshold: "P(disease) at or above it is called disease."
        case .targetSensitivity:
            "Instead of a threshold: take the one that reached this sensitivity on the model's hold-out images."
        case .after: "What becomes of a screened image: kept, moved under state/archive/YYYY/MM/DD, or deleted."
        case .heatmap: "Write NAME.heatmap.jpg beside the verdict: the photograph, colored where it spoke for disease."
        case .shadow:
            "Let the store's challenger judge every image too, after its verdict and without one; see `fundusd model compare`."
        case .exams:
            "Write outbox/exams/PERSON.json from the verdicts of a person's two eyes, whose names say left and right (0042_left.jpg)."
        case .maxPixels: "An image of more pixels is rejected by its header, before memory is taken for it."
        case .maxBytes: "A larger file is rejected before it is read."
        case .decode:
            "full: every pixel, as the model learned. scaled: large pictures are shrunk while decoded; faster, and P(disease) moves."
        case .rescanSeconds: "How often the whole inbox is looked through; on network file systems, how often at all."
        case .settleSeconds: "How long a file must stay unchanged where its writer's closing it cannot be seen."
        case .workers: "Images decoded at the same time."
        case .threads: "Threads that compute the network."
        case .precision:
            "What the network computes in. int8 needs `fundusd model calibrate`. auto: the fastest here, by a measurement, of float32 and what the model was shown to be as good in."
        case .metricsFile: "Keep figures for Prometheus in this file, which ends in .prom; see docs/metrics.md."
        case .review:
            "Put some pictures into review/, a folder beside the outbox, for a person to look at; see docs/operations.md."
        case .reviewNormalShare:
            "The part of the pictures called normal, and of the ungradable ones, that a person is given."
        case .reviewDiseaseShare: "The part of the pictures called disease that a person is given."
        case .reviewDoubt: "A picture whose P(disease) is nearer than this to the threshold is given to a person too."
        case .reviewPerDay: "Pictures that a person is given on a day at most; half of them for doubt and disagreement."
        case .reviewSensitivityFloor:
            "Warn when the sensitivity in service may be lower: when its interval's lower bound falls under this."
        case .retrainMinNewImages: "New labelled images that make `fundusd retrain --if-grown` act."
        case .retrainMinPerClass: "Labelled images that each class needs before anything is trained."
        case .retrainPromotion:
            "gated: a challenger that passes the gate becomes the model. manual: it waits for `fundusd model promote`."
        case .retrainRecipe: "The named recipe that retraining follows."
        case .retrainEpochs: "Overrides the recipe's number of passes over the images."
        case .retrainBatchSize: "Overrides the recipe's number of images per step."
        case .retrainLearningRate: "Overrides the recipe's learning rate."
        case .retrainSeed: "Where the random numbers of training start: same seed, same model."
        case .retrainHoldoutFraction: "The part of the labelled people kept aside to measure the challenger on."
        case .retrainAUCMargin:
            "How much lower than the champion's a challenger's AUC may be measured and still pass the gate."
        case .retrainSensitivityMargin: "The same for its sensitivity, at the champion's specificity and in service."
        case .retrainSpecificityFloor:
            "Least specificity, at the champion's sensitivity, of a challenger that passes the gate."
        }
    }
}
