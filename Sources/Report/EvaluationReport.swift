// SPDX-License-Identifier: Apache-2.0
// In: what was said of each image, the model, what could not be read, pictures of the worst mistakes.
// Out: report.html, report.json, predictions.csv and the summary for a terminal, as text. Opens no file.
// Called by `fundusd evaluate`.

package import Evaluation

/// One evaluation with all that its reader needs to know. Positive means disease in every figure.
package struct EvaluationReport: Sendable {
    /// The model that was measured.
    package struct Model: Sendable, Equatable {
        package var id: String
        /// Of the weights.
        package var sha256: String
        /// RFC 3339, UTC; nil for an imported model.
        package var trainedAt: String?
        package var recipe: String?
        /// The class that the network's own output speaks for; P(disease) is derived from it.
        package var outputClass: String
        /// What was known in service of the champion when this was trained: a sentence; nil where there was none.
        package var championInService: String?

        package init(
            id: String, sha256: String, trainedAt: String?, recipe: String?, outputClass: String,
            championInService: String? = nil
        ) {
            self.id = id
            self.sha256 = sha256
            self.trainedAt = trainedAt
            self.recipe = recipe
            self.outputClass = outputClass
            self.championInService = championInService
        }
    }

    /// One image that was judged.
    package struct Image: Sendable, Equatable {
        /// Below the labelled folder, such as `disease/camera 2/a.jpg`.
        package var path: String
        package var isDisease: Bool
        /// P(disease).
        package var probability: Double
        /// Codes of what the daemon would not have judged it for; none for a gradable image.
        package var findings: [String]
        /// Of the file's bytes.
        package var sha256: String
        /// The folders between the class and the file, nil where there are none.
        package var subfolder: String?
        /// The person, from the table of groups.
        package var group: String?
        /// The camera, clinic or collection, from the table of groups.
        package var source: String?

        package var isGradable: Bool { findings.isEmpty }

        package init(
            path: String, isDisease: Bool, probability: Double, findings: [String], sha256: String,
            subfolder: String? = nil, group: String? = nil, source: String? = nil
        ) {
            self.path = path
            self.isDisease = isDisease
            self.probability = probability
            self.findings = findings
            self.sha256 = sha256
            self.subfolder = subfolder
            self.group = group
            self.source = source
        }
    }

    /// A file that could not be judged, and why.
    package struct Skipped: Sendable, Equatable {
        package var path: String
        package var reason: String

        package init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }
    }

    /// Pictures of an image that was judged wrongly.
    package struct Mistake: Sendable, Equatable {
        package var image: Image
        /// JPEG.
        package var photograph: [UInt8]
        /// JPEG.
        package var heatmap: [UInt8]

        package init(image: Image, photograph: [UInt8], heatmap: [UInt8]) {
            self.image = image
            self.photograph = photograph
            self.heatmap = heatmap
        }
    }

    /// Files of the labelled folder that are no photographs and do not claim to be, of one kind.
    package struct Unread: Sendable, Equatable {
        /// A noun with its article, such as “a TIFF picture”.
        package let kind: String
        package let count: Int
        /// Paths of a few.
        package let first: [String]

        package init(kind: String, count: Int, first: [String]) {
            self.kind = kind
            self.count = count
            self.first = first
        }
    }

    /// How it was asked.
    package struct Question: Sendable, Equatable {
        /// The labelled folder, as it was named.
        package var folder: String
        package var figures: EvaluationFigures.Question
        /// In words, such as “the model's own”.
        package var thresholdOrigin: String
        package var seed: UInt64
        /// RFC 3339, UTC.
        package var date: String
        package var softwareVersion: String

        package init(
            folder: String, figures: EvaluationFigures.Question, thresholdOrigin: String, seed: UInt64, date: String,
            softwareVersion: String
        ) {
            self.folder = folder
            self.figures = figures
            self.thresholdOrigin = thresholdOrigin
            self.seed = seed
            self.date = date
            self.softwareVersion = softwareVersion
        }
    }

    package let question: Question
    package let model: Model
    package let images: [Image]
    package let skipped: [Skipped]
    package let unread: [Unread]
    /// Over every image that was judged, gradable or not.
    package let figures: EvaluationFigures
    /// Without the images that the daemon would have sent back; nil where there are none.
    package let gradableOnly: EvaluationFigures?
    package let subgroups: [SubgroupFigures]
    package var mistakes: [Mistake] = []
    /// What people's answers say of the model where it works; nil where nothing is known yet.
    package var inService: InServiceFigures?
    package var history: TrainingHistory?

    package static let intendedUse = "Research use only. Not a medical device."

    /// - Parameter generator: seeded by `question.seed`; the same one gives the same report.
    package init(
        _ question: Question, model: Model, images: [Image], skipped: [Skipped], unread: [Unread],
        using generator: inout some RandomNumberGenerator
    ) throws(EvaluationFailure) {
        self.question = question
        self.model = model
        self.images = images
        self.skipped = skipped
        self.unread = unread
        let samples = try ScoredSamples(images)
        figures = EvaluationFigures(samples, question.figures, using: &generator)
        let gradable = images.indices.filter { images[$0].isGradable }
        gradableOnly =
            gradable.count < images.count && !gradable.isEmpty
            ? EvaluationFigures(samples[gradable], question.figures, using: &generator) : nil
        let threshold = question.figures.threshold
        let divisions = [("subfolder", images.map(\.subfolder)), ("source", images.map(\.source))]
        // A part that is the whole says nothing new.
        subgroups = divisions.flatMap {
            SubgroupFigures.all(samples, by: $0.0, names: $0.1, threshold: threshold)
        }.filter { $0.matrix.count < images.count }
    }

    var otherFileCount: Int { unread.reduce(0) { $0 + $1.count } }

    package var ungradableCount: Int { images.count { !$0.isGradable } }

    /// Whether people are known, so that figures by person can be told from figures by image.
    var hasGroups: Bool { figures.samples.areGrouped }

    /// "person" where people are known; else each image stands for itself.
    var unit: String { hasGroups ? "person" : "image" }
    var units: String { hasGroups ? "people" : "images" }

    func isCalledDisease(_ image: Image) -> Bool { image.probability >= question.figures.threshold }
}

extension ScoredSamples {
    /// An image without a known person is taken for a person of its own.
    fileprivate init(_ images: [EvaluationReport.Image]) throws(EvaluationFailure) {
        let groups =
            images.contains { $0.group != nil }
            ? images.map { $0.group.map { "group \($0)" } ?? "image \($0.path)" } : nil
        try self.init(
            scores: images.map(\.probability), isDisease: images.map(\.isDisease), groups: groups)
    }
}

extension EvaluationReport {
    /// The images that were called the wrong class with the greatest confidence, at most `limit` of each kind.
    package func worstMistakes(atMost limit: Int) -> (missed: [Image], falseAlarms: [Image]) {
        let missed = images.filter { $0.isDisease && !isCalledDisease($0) }.sorted { $0.probability < $1.probability }
        let alarms = images.filter { !$0.isDisease && isCalledDisease($0) }.sorted { $0.probability > $1.probability }
        return (Array(missed.prefix(limit)), Array(alarms.prefix(limit)))
    }

    /// Images with the same bytes in both classes: one of the labels must be wrong.
    package var contradictions: [[Image]] {
        repeated.filter { Set($0.map(\.isDisease)).count == 2 }
    }

    /// Images that are there more than once, by their bytes; each counts as often as it is there.
    package var repeated: [[Image]] {
        Dictionary(grouping: images, by: \.sha256).values.filter { $0.count > 1 }.sorted { $0[0].path < $1[0].path }
    }
}
