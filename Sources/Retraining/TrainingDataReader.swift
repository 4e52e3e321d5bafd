// SPDX-License-Identifier: Apache-2.0
internal import FundusImage
package import LabelledData
internal import LinuxIO
package import Settings
internal import Supervision
internal import SystemPackage
internal import Training
internal import Verdict

/// How the labelled images are read for a training: which count, who they show, how many there must be.
package struct TrainingDataReader {
    let settings: Settings
    let groups: String?
    let persons: PersonPattern
    /// Whether images that would get no verdict are learned from.
    let takesUngradable: Bool
    let minimumPerClass: Int
    let links: LabelledFolderAccess.Links

    /// - Parameter personPattern: as a person wrote it; nil for words such as _left and _OD.
    package init(
        _ settings: Settings, groups: String?, personPattern: String?, takesUngradable: Bool, minimumPerClass: Int,
        links: LabelledFolderAccess.Links
    ) throws {
        self.settings = settings
        self.groups = groups
        self.takesUngradable = takesUngradable
        self.minimumPerClass = minimumPerClass
        self.links = links
        do throws(PersonPatternFault) {
            persons = try personPattern.map { text throws(PersonPatternFault) in try PersonPattern(text) } ?? .eyes
        } catch {
            throw Refusal(.configuration, "--person-pattern: \(error.message)")
        }
    }

    /// Reads and decodes them; says which are left out.
    ///
    /// - Parameter recipe: says how the pictures are kept, and which folders are read.
    func collect(in workFolder: FilePath, _ recipe: Recipe, _ reporter: TrainingReporter) throws -> LabelledCollection {
        let labels = recipe.learnsGradability ? ImageLabel.allCases : [.disease, .normal]
        let folder = try LabelledFolder(settings.labelled, labels: labels, links: links)
        do {
            return try collect(folder, in: workFolder, as: recipe.preprocessing, reporter)
        } catch let failure as SystemFailure {
            throw Refusal(
                .inputOutput,
                "decoded pictures can't be kept in \(workFolder), 3 bytes a pixel of each: \(failure.description); make room there"
            )
        }
    }

    private func collect(
        _ folder: LabelledFolder, in workFolder: FilePath, as preprocessing: Preprocessing, _ reporter: TrainingReporter
    ) throws -> LabelledCollection {
        for remark in folder.remarks { reporter.warn(remark) }
        var collection = try LabelledCollection(in: workFolder, side: preprocessing.width)
        let intake = LabelledIntake(
            folder: folder, reader: NamedImageReader(maximumBytes: settings.maxBytes),
            preprocessing: preprocessing, maximumPixels: settings.maxPixels, takesUngradable: takesUngradable,
            groups: try groups.map { try ImageGroups(FilePath($0), root: settings.labelled) }, persons: persons)
        var bar = reporter.makeDisplay(folder.entries.count, 0)
        var lines = ProgressLines(total: folder.entries.count)
        let remarks = try intake.collect(into: &collection) {
            bar.advance(by: 1, remark: "")
            reporter.say(lines.advance(), before: "Read ", unlessShownBy: bar)
            if let signal = StopSignals.signal { StopSignals.end(by: signal) }
        }
        for remark in remarks.skipped { reporter.warn(remark) }
        if remarks.copies > 0 { reporter.say("\(remarks.copies) copies of other images count once.") }
        return collection
    }

    /// Reads, decodes and divides the labelled images.
    ///
    /// - Parameter validationFraction: 0 where the recipe keeps the last epoch.
    /// - Throws: a `Refusal` where a class has too few.
    func divided(
        in workFolder: FilePath, _ recipe: Recipe, holdoutFraction: Double, validationFraction: Double, seed: UInt64,
        _ reporter: TrainingReporter
    ) throws -> LabelledCollection.Divided {
        let collection = try collect(in: workFolder, recipe, reporter)
        try check(collection)
        let learnsGradability = learnsGradability(recipe, collection, reporter)
        let divided = collection.divided(
            LabelledCollection.Division(
                holdoutFraction: holdoutFraction, validationFraction: validationFraction, seed: seed,
                learnsGradability: learnsGradability))
        reporter.say(divided.summary)
        return divided
    }

    /// - Throws: a `Refusal` where a class has too few.
    func check(_ collection: borrowing LabelledCollection) throws {
        for label in [ImageLabel.disease, .normal] {
            let count = collection.count(label)
            guard count < minimumPerClass else { continue }
            throw Refusal(
                .dataError,
                """
                \(settings.labelled.appending(label.rawValue)) has \(count) usable images, and training needs at least \
                \(minimumPerClass) of each class: add images, or lower --min-per-class
                """)
        }
    }

    /// Whether there are enough ungradable pictures for a second output; says so where there are too few.
    func learnsGradability(
        _ recipe: Recipe, _ collection: borrowing LabelledCollection, _ reporter: TrainingReporter
    ) -> Bool {
        guard recipe.learnsGradability else { return false }
        let (ungradable, gradable) = (collection.count(.ungradable), collection.count(.gradable))
        if ungradable >= minimumPerClass { return true }
        if ungradable + gradable > 0 {
            reporter.say(
                """
                Which pictures are gradable is not learned: \(settings.labelled)/ungradable has \(ungradable) usable \
                images, and that needs \(minimumPerClass); what lies in gradable/ is of no use without them.
                """)
        }
        return false
    }
}

extension LabelledCollection.Divided {
    /// How many images there are, and which do what.
    var summary: String {
        func part(_ examples: [TrainingImages.Example]) -> String {
            let counts = ImageLabel.allCases.map { label in (label, examples.count { $0.label == label }) }
            let named = counts.filter { $0.isDisease != nil || $1 > 0 }.map { "\($1) \($0.rawValue)" }
            return "\(examples.count) (\(named.joined(separator: ", ")))"
        }
        let validation = images.validation.isEmpty ? "" : ", \(part(images.validation)) decide which epoch is kept"
        let alike = grouping.nearlyIdenticalPairs
        let pairs = alike == 0 ? "" : "; \(alike) pairs that look the same stay together"
        let aside = manifest.rows.count { $0.side == .setAside }
        let rest = aside == 0 ? "" : "; \(aside) that link people of both are set aside"
        return """
            \(manifest.rows.count) images of \(grouping.groupCount) people: \(part(images.training)) train\(validation), \
            \(part(images.holdout)) measure the result\(pairs)\(rest).
            """
    }
}
