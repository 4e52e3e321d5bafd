// SPDX-License-Identifier: Apache-2.0
import Fixtures
import SystemPackage
import Testing

@testable import Settings

@Suite struct SettingsTests {
    @Test func `defaults are those of a checkout`() throws {
        let settings = try resolve()
        #expect(settings.inbox == "./inbox")
        #expect(settings.state == "./state")
        #expect(settings.threshold == .model)
        #expect(settings.after == .keep)
        #expect(settings.maxPixels == 100_000_000)
        #expect(settings.maxBytes == 64 << 20)
        #expect(settings.decode == .full)
        #expect(settings.rescan == .seconds(60))
        #expect(settings.threads == nil)
        #expect(settings.retrain.holdoutFraction == 0.15)
        #expect(settings.provenance[.inbox] == SettingProvenance(text: "./inbox", origin: "default"))
    }

    @Test func `later sources win`() throws {
        let yaml = "threads: 3\nworkers: 3\nafter: archive\n"
        let settings = try resolve(
            yaml: yaml, environment: ["FUNDUSD_THREADS": "4", "FUNDUSD_WORKERS": "4"], options: [.threads: "5"])
        #expect(settings.after == .archive)
        #expect(settings.workers == 4)
        #expect(settings.threads == 5)
        #expect(settings.provenance[.after]?.origin.hasSuffix("config.yaml:3") == true)
        #expect(settings.provenance[.workers]?.origin == "FUNDUSD_WORKERS")
        #expect(settings.provenance[.threads]?.origin == "--threads")
        #expect(settings.provenance[.inbox]?.origin == "default")
    }

    @Test(arguments: SettingKey.allCases) func `each key has all three spellings`(key: SettingKey) throws {
        let value = sample(of: key)
        let expected = try resolve(options: [key: value])
        #expect(expected.provenance[key]?.text == value)
        for settings in [
            try resolve(yaml: "\(key.name): \(value)\n"), try resolve(environment: [key.environmentName: value]),
        ] {
            #expect(settings.provenance[key]?.text == value)
            #expect(settings.provenance[key]?.origin != "default")
            #expect(settings.withoutProvenance == expected.withoutProvenance)
        }
    }

    @Test(arguments: ["retrain: {min-new-images: 7, seed: 3}", "retrain:\n  min-new-images: 7\nretrain.seed: 3"])
    func `groups may be nested or dotted`(yaml: String) throws {
        let settings = try resolve(yaml: yaml)
        #expect(settings.retrain.minNewImages == 7)
        #expect(settings.retrain.seed == 3)
    }

    @Test func `spellings in the environment are the contract's`() {
        #expect(SettingKey.maxPixels.environmentName == "FUNDUSD_MAX_PIXELS")
        #expect(SettingKey.retrainMinNewImages.environmentName == "FUNDUSD_RETRAIN_MIN_NEW_IMAGES")
        #expect(SettingKey.retrainMinNewImages.optionName == "--retrain-min-new-images")
    }

    @Test func `printed text reads back as the same settings`() throws {
        let settings = try resolve(
            yaml: "inbox: \"/srv/with space # and: \\\"quotes\\\"\"\nretrain: {learning-rate: 1e-4}\n",
            options: [.maxBytes: "32 MiB", .targetSensitivity: "0.9"])
        let again = try resolve(yaml: settings.printed())
        #expect(again.withoutProvenance == settings.withoutProvenance)
        #expect(settings.printed().contains("# --max-bytes\n"))
        #expect(settings.printed().split(separator: "\n").count == SettingKey.allCases.count)
    }

    @Test func `what the program decided is printed as a comment`() throws {
        let decided = [
            SettingKey.threads: SettingProvenance(text: "3", origin: "3 processors can be used"),
            .workers: SettingProvenance(text: "2", origin: "3 processors can be used"),
        ]
        let settings = try resolve(options: [.workers: "5"])
        let lines = settings.printed(decided: decided).split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.contains(["#", "threads:", "3", "#", "3", "processors", "can", "be", "used"]))
        #expect(lines.contains(["workers:", "5", "#", "--workers"]))
        let again = try resolve(yaml: settings.printed(decided: decided))
        #expect(again.withoutProvenance == settings.withoutProvenance)
    }

    @Test func `an absent default file is no fault`() throws {
        let settings = try Settings.resolve(environment: [:], defaultFile: "/nonexistent/config.yaml")
        #expect(settings.inbox == "./inbox")
    }

    @Test func `an absent named file is told from other faults`() throws {
        let faults = #expect(throws: SettingsFaults.self) {
            try Settings.resolve(file: "/nonexistent/config.yaml", environment: [:])
        }
        #expect(faults?.exitStatus == 66)
        #expect(faults?.description.contains("/nonexistent/config.yaml: there is no such file") == true)
    }

    /// `review` is a setting and a group of others, in any order of the two.
    @Test(arguments: [
        "review: true\nreview.normal-share: 0.2", "review.normal-share: 0.2\nreview: yes",
        "review: true\nreview:\n  normal-share: 0.2",
    ]) func `review is on, and has settings below it`(yaml: String) throws {
        let settings = try? resolve(yaml: yaml)
        // The same key twice is no YAML at all; the other two ways say the same.
        if yaml.contains("review:\n") { return #expect(settings == nil) }
        #expect(settings?.review.isOn == true && settings?.review.normalShare == 0.2)
        #expect(settings?.review.perDay == 20 && settings?.review.sensitivityFloor == nil)
        #expect(try resolve(yaml: "review: {per-day: 5, doubt: 0}").review.perDay == 5)
    }

    private func sample(of key: SettingKey) -> String {
        switch key {
        case .threshold, .targetSensitivity, .reviewSensitivityFloor: "0.4"
        case .precision: "bf16"
        case .metricsFile: "/run/fundusd.prom"
        case .workers, .threads, .retrainEpochs, .retrainBatchSize: "2"
        case .retrainLearningRate: "0.001"
        case .retrainRecipe: "experiment"
        case .after: "delete"
        case .decode: "scaled"
        case .recursive, .review: "true"
        case .retrainPromotion: "manual"
        case .inbox, .outbox, .labelled, .state: "/somewhere/else"
        default: key.builtIn.text ?? ""
        }
    }
}

/// Resolves as a verb would, with the file's text given instead of a file.
func resolve(
    yaml: String? = nil, environment: [String: String] = [:], options: [SettingKey: String] = [:]
) throws -> Settings {
    guard let yaml else {
        return try Settings.resolve(
            environment: environment, options: options, defaultFile: "/nonexistent/config.yaml")
    }
    let folder = TemporaryFolder()
    try folder.write("config.yaml", Array(yaml.utf8))
    return try Settings.resolve(
        environment: environment, options: options, defaultFile: folder.path.appending("config.yaml"))
}

extension Settings {
    /// The values alone, to compare what different sources gave.
    var withoutProvenance: [String] {
        Mirror(reflecting: self).children.filter { $0.label != "provenance" }.map { "\($0.label ?? ""): \($0.value)" }
    }
}
