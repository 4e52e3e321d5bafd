internal import ArgumentParser
internal import LabelledData
internal import LinuxIO
internal import Retraining
internal import Screening
internal import Settings
internal import SystemPackage

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

    /// Reads, decodes and divides the labelled images.
    ///
    /// - Parameter validationFraction: 0 where the recipe keeps the last epoch.
    /// - Throws: a `Refusal` where a class has too few.
    func divided(
        _ settings: Settings, in workFolder: FilePath, side: Int, seed: UInt64, validationFraction: Double,
        _ voice: TrainingVoice
    ) throws -> LabelledCollection.Divided {
        let folder = try LabelledFolder(settings.labelled)
        var collection = try LabelledCollection(in: workFolder, side: side)
        let intake = LabelledIntake(
            folder: folder, reader: NamedImageReader(maximumBytes: settings.maxBytes),
            maximumPixels: settings.maxPixels, takesUngradable: withUngradable,
            groups: try groups.map { try ImageGroups(FilePath($0), root: settings.labelled) }, persons: try persons())
        var bar = ProgressBar(total: folder.entries.count, isShown: StandardError.isTerminal)
        let remarks = try intake.collect(into: &collection, side: side) {
            bar.advance()
            if let signal = StopSignals.signal { StopSignals.end(by: signal) }
        }
        for remark in remarks.skipped { voice.warn(remark) }
        if remarks.copies > 0 { voice.say("\(remarks.copies) copies of other images count once.") }
        try check(collection, settings)
        let divided = collection.divided(
            LabelledCollection.Division(
                holdoutFraction: holdoutFraction, validationFraction: validationFraction, seed: seed))
        voice.say(divided.summary)
        return divided
    }

    private func persons() throws -> PersonPattern {
        guard let personPattern else { return .eyes }
        do throws(PersonPatternFault) {
            return try PersonPattern(personPattern)
        } catch {
            throw Refusal(.configuration, "--person-pattern: \(error)")
        }
    }

    private func check(_ collection: borrowing LabelledCollection, _ settings: Settings) throws {
        for (name, isDisease) in [("disease", true), ("normal", false)] {
            let count = collection.count(isDisease: isDisease)
            guard count < minPerClass else { continue }
            throw Refusal(
                .dataError,
                """
                \(settings.labelled.appending(name)) has \(count) usable images, and training needs at least \
                \(minPerClass) of each class: add images, or lower --min-per-class
                """)
        }
    }
}

extension LabelledCollection.Divided {
    /// How many images there are, and which do what.
    fileprivate var summary: String {
        func part(_ examples: [TrainingImages.Example]) -> String {
            let disease = examples.count { $0.isDisease }
            return "\(examples.count) (\(disease) disease, \(examples.count - disease) normal)"
        }
        let validation = images.validation.isEmpty ? "" : ", \(part(images.validation)) decide which epoch is kept"
        let alike = grouping.nearlyIdenticalPairs
        let pairs = alike == 0 ? "" : "; \(alike) pairs that look the same stay together"
        return """
            \(manifest.rows.count) images of \(grouping.groupCount) people: \(part(images.training)) train\(validation), \
            \(part(images.holdout)) measure the result\(pairs).
            """
    }
}
