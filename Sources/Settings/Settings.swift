// SPDX-License-Identifier: Apache-2.0
// In:  a YAML file, the environment, command-line options.
// Out: checked, typed settings with the origin of each; or every fault with its remedy.
// For: each verb of fundusd, once at start, and `watch` again on SIGHUP.

package import SystemPackage

/// Everything that can be set, checked; see `docs/configuration.md`.
package struct Settings: Sendable, Equatable {
    package let inbox: FilePath
    package let outbox: FilePath
    package let labelled: FilePath
    package let state: FilePath
    package let recursive: Bool
    package let threshold: ThresholdSetting
    package let after: AfterScreening
    /// Whether each verdict of an eye has its heatmap beside it.
    package let heatmap: Bool
    /// Whether the challenger looks on.
    package let shadow: Bool
    /// Whether each person's eyes are told of together.
    package let exams: Bool
    /// For node_exporter; nil writes none.
    package let metricsFile: FilePath?
    /// Width × height of a picture.
    package let maxPixels: Int
    /// Of a file.
    package let maxBytes: Int
    package let decode: DecodeSetting
    /// Between looks at the whole inbox, whatever the events said.
    package let rescan: Duration
    /// How long a file must be unchanged where nothing tells that it was closed.
    package let settle: Duration
    /// Images at once; nil leaves it to the processors that this process may use.
    package let workers: Int?
    /// Compute threads; nil leaves it to the processors that this process may use.
    package let threads: Int?
    package let precision: PrecisionSetting
    package let review: ReviewSettings
    package let retrain: RetrainSettings
    /// Where each value came from.
    package let provenance: [SettingKey: SettingProvenance]
}

/// What decides between disease and normal.
package enum ThresholdSetting: Sendable, Equatable {
    /// The threshold that is recorded in the model.
    case model
    /// This probability.
    case fixed(Double)
    /// The threshold that reached this sensitivity on the model's hold-out images.
    case targetSensitivity(Double)
}

/// What becomes of a screened image.
package enum AfterScreening: String, Sendable, CaseIterable {
    case keep
    case archive
    case delete
}

/// What the network computes in.
package enum PrecisionSetting: String, Sendable, CaseIterable {
    case float32
    case bf16
    case int8
    /// int8 or bf16 where it is faster and was shown to keep the model's figures, or its verdicts.
    case auto
}

/// How much of a large picture is decoded.
package enum DecodeSetting: String, Sendable, CaseIterable {
    case full
    case scaled
}

/// Who lets a challenger that passed the gate become the model.
package enum Promotion: String, Sendable, CaseIterable {
    case gated
    case manual
}

/// What retraining needs to know; nil leaves a value to the recipe.
package struct RetrainSettings: Sendable, Equatable {
    package let minNewImages: Int
    package let minPerClass: Int
    package let promotion: Promotion
    /// Nil: the recipe that measured best.
    package let recipe: String?
    package let epochs: Int?
    package let batchSize: Int?
    package let learningRate: Double?
    package let seed: UInt64
    /// The share of people who only measure, 0…1.
    package let holdoutFraction: Double
    /// How much worse than the champion a challenger may be measured.
    package let aucMargin: Double
    package let sensitivityMargin: Double
    /// Least specificity at the champion's sensitivity.
    package let specificityFloor: Double
}

/// What people are given to look at.
package struct ReviewSettings: Sendable, Equatable {
    package let isOn: Bool
    package let normalShare: Double
    package let diseaseShare: Double
    /// Nearer than this to the threshold.
    package let doubt: Double
    package let perDay: Int
    /// Nil: nothing is watched.
    package let sensitivityFloor: Double?
}

/// A value as it was written, and who wrote it.
package struct SettingProvenance: Sendable, Equatable {
    /// Nil where nobody gave a value and none is built in.
    package let text: String?
    /// `default`, `/etc/fundusd/config.yaml:12`, `FUNDUSD_THRESHOLD` or `--threshold`.
    package let origin: String

    package init(text: String?, origin: String) {
        self.text = text
        self.origin = origin
    }
}

extension Settings {
    init(from reading: inout SettingReading) {
        inbox = reading.required(.inbox, SettingValue.folder)
        outbox = reading.required(.outbox, SettingValue.folder)
        labelled = reading.required(.labelled, SettingValue.folder)
        state = reading.required(.state, SettingValue.folder)
        recursive = reading.required(.recursive, SettingValue.flag)
        threshold = ThresholdSetting(from: &reading)
        after = reading.required(.after) { text throws(SettingRefusal) in
            try SettingValue.choice(text, of: AfterScreening.self)
        }
        heatmap = reading.required(.heatmap, SettingValue.flag)
        shadow = reading.required(.shadow, SettingValue.flag)
        exams = reading.required(.exams, SettingValue.flag)
        // 65 500 is the longest side that libjpeg decodes.
        maxPixels = reading.required(.maxPixels) { text throws(SettingRefusal) in
            try SettingValue.pixels(text, in: 1...(65_500 * 65_500))
        }
        maxBytes = reading.required(.maxBytes) { text throws(SettingRefusal) in
            try SettingValue.bytes(text, in: 1...(4 << 30))
        }
        decode = reading.required(.decode) { text throws(SettingRefusal) in
            try SettingValue.choice(text, of: DecodeSetting.self)
        }
        rescan = reading.required(.rescanSeconds) { text throws(SettingRefusal) in
            try SettingValue.seconds(text, in: 1...86_400, example: "60")
        }
        settle = reading.required(.settleSeconds) { text throws(SettingRefusal) in
            try SettingValue.seconds(text, in: 0.1...3_600, example: "2")
        }
        workers = reading.count(of: .workers, in: 1...256, example: "2")
        threads = reading.count(of: .threads, in: 1...1024, example: "2")
        precision = reading.required(.precision) { text throws(SettingRefusal) in
            try SettingValue.choice(text, of: PrecisionSetting.self)
        }
        metricsFile = reading.value(of: .metricsFile, SettingValue.metricsFile)
        review = ReviewSettings(from: &reading)
        retrain = RetrainSettings(from: &reading)
        provenance = reading.provenance
    }
}

extension ThresholdSetting {
    init(from reading: inout SettingReading) {
        let fixed = reading.value(of: .threshold) { text throws(SettingRefusal) in
            try SettingValue.fraction(text, example: "0.5")
        }
        let target = reading.value(of: .targetSensitivity) { text throws(SettingRefusal) in
            try SettingValue.fraction(text, example: "0.95")
        }
        switch (fixed, target) {
        case (nil, nil): self = .model
        case (let threshold?, nil): self = .fixed(threshold)
        case (nil, let sensitivity?): self = .targetSensitivity(sensitivity)
        case (let threshold?, _?):
            self = .fixed(threshold)
            let other = reading.provenance[.threshold]?.origin ?? ""
            reading.refuse(
                .targetSensitivity,
                SettingRefusal(
                    message: "threshold is given too (\(other)), and only one of them can decide",
                    remedy: "Leave out one of the two."))
        }
    }
}

extension RetrainSettings {
    init(from reading: inout SettingReading) {
        minNewImages = reading.required(.retrainMinNewImages) { text throws(SettingRefusal) in
            try SettingValue.count(text, in: 1...1_000_000, example: "50")
        }
        minPerClass = reading.required(.retrainMinPerClass) { text throws(SettingRefusal) in
            try SettingValue.count(text, in: 1...1_000_000, example: "20")
        }
        promotion = reading.required(.retrainPromotion) { text throws(SettingRefusal) in
            try SettingValue.choice(text, of: Promotion.self)
        }
        recipe = reading.value(of: .retrainRecipe, SettingValue.recipe)
        epochs = reading.count(of: .retrainEpochs, in: 1...10_000, example: "10")
        batchSize = reading.count(of: .retrainBatchSize, in: 1...4_096, example: "8")
        learningRate = reading.value(of: .retrainLearningRate) { text throws(SettingRefusal) in
            try SettingValue.number(text, example: "0.0001", bounds: "above 0 and at most 10") { $0 > 0 && $0 <= 10 }
        }
        seed = reading.required(.retrainSeed, SettingValue.seed)
        holdoutFraction = reading.required(.retrainHoldoutFraction) { text throws(SettingRefusal) in
            try SettingValue.fraction(text, example: "0.15")
        }
        aucMargin = reading.margin(.retrainAUCMargin, example: "0.01")
        sensitivityMargin = reading.margin(.retrainSensitivityMargin, example: "0.02")
        specificityFloor = reading.required(.retrainSpecificityFloor) { text throws(SettingRefusal) in
            try SettingValue.number(text, example: "0.1", bounds: "at least 0 and below 1") { $0 >= 0 && $0 < 1 }
        }
    }
}

extension ReviewSettings {
    init(from reading: inout SettingReading) {
        isOn = reading.required(.review, SettingValue.flag)
        normalShare = reading.share(.reviewNormalShare, example: "0.1")
        diseaseShare = reading.share(.reviewDiseaseShare, example: "0.5")
        doubt = reading.required(.reviewDoubt) { text throws(SettingRefusal) in
            try SettingValue.number(text, example: "0.05", bounds: "at least 0 and at most 0.5") { 0...0.5 ~= $0 }
        }
        perDay = reading.required(.reviewPerDay) { text throws(SettingRefusal) in
            try SettingValue.count(text, in: 1...100_000, example: "20")
        }
        sensitivityFloor = reading.value(of: .reviewSensitivityFloor) { text throws(SettingRefusal) in
            try SettingValue.fraction(text, example: "0.8")
        }
    }
}

extension SettingReading {
    /// With 0 nothing would ever be known of what it is a share of.
    fileprivate mutating func share(_ key: SettingKey, example: String) -> Double {
        required(key) { text throws(SettingRefusal) in
            try SettingValue.number(text, example: example, bounds: "above 0 and at most 1") { $0 > 0 && $0 <= 1 }
        }
    }

    /// Above 0.1 no gate would be left.
    fileprivate mutating func margin(_ key: SettingKey, example: String) -> Double {
        required(key) { text throws(SettingRefusal) in
            try SettingValue.number(text, example: example, bounds: "at least 0 and at most 0.1") { 0...0.1 ~= $0 }
        }
    }

    fileprivate mutating func count(of key: SettingKey, in range: ClosedRange<Int>, example: String) -> Int? {
        value(of: key) { text throws(SettingRefusal) in try SettingValue.count(text, in: range, example: example) }
    }
}
