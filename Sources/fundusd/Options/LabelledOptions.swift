// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import LabelledData
internal import Retraining
internal import Settings

/// Which images are learned from, and which are kept aside.
struct LabelledOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("manifest")],
        help: ArgumentHelp("CSV with the columns path and group (the person).", valueName: "file"))
    var groups: String?
    @Option(
        help: ArgumentHelp(
            "Regular expression; its part in parentheses is the person (default: what stands before _left, _OD …).",
            valueName: "regex"))
    var personPattern: String?
    @Option(help: ArgumentHelp("The share of people who only measure the result.", valueName: "0…1"))
    var holdoutFraction = 0.15
    @Option(
        help: ArgumentHelp(
            "Of the others, the share who decide which epoch is kept; with --patience.", valueName: "0…1"))
    var validationFraction = 0.1
    @Option(help: ArgumentHelp("Usable images that each class needs.", valueName: "count")) var minPerClass = 20
    @Flag(help: "Learn from ungradable images too, though they will get no verdict; all files that decode count then.")
    var withUngradable = false
    @Option(help: ArgumentHelp("Larger images are left out by their header (default: 100M).", valueName: "count"))
    var maxPixels: String?
    @Option(help: ArgumentHelp("Larger files are left out (default: 64MiB).", valueName: "size"))
    var maxBytes: String?

    func validate() throws {
        for (value, option) in [(holdoutFraction, "--holdout-fraction"), (validationFraction, "--validation-fraction")]
        where !(0..<1 ~= value) {
            throw ValidationError("\(option) must be at least 0 and below 1, not \(value).")
        }
        guard minPerClass >= 1 else { throw ValidationError("--min-per-class must be at least 1.") }
    }

    /// How the images are read.
    ///
    /// - Throws: a `Refusal` where the pattern is none.
    func reader(_ settings: Settings) throws -> TrainingDataReader {
        try TrainingDataReader(
            settings, groups: groups, personPattern: personPattern, takesUngradable: withUngradable,
            minimumPerClass: minPerClass, links: .followed)
    }
}
