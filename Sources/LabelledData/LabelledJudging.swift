// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import FundusImage
internal import LinuxIO
internal import Report
internal import SystemPackage
internal import Verdict

/// Judges every image of a labelled folder: decoding goes ahead on another thread while the network computes.
struct LabelledJudging {
    /// What became of the images.
    struct Outcome {
        var images: [EvaluationReport.Image] = []
        var skipped: [EvaluationReport.Skipped] = []
    }

    let folder: LabelledFolder
    let judge: Judge
    let reader: NamedImageReader
    let groups: ImageGroups?

    /// A bad file is noted and left out; only a fault of the machine ends it.
    func run(afterEach: () -> Void) throws -> Outcome {
        let (entries, judging) = (folder.entries, self)
        let examinations = DecodeAhead(count: entries.count) { place in try judging.examine(entries[place]) }
        defer { examinations.abandon() }
        var outcome = Outcome()
        for entry in entries {
            guard let examination = try examinations.next() else { break }
            switch examination {
            case .unreadable(let reason):
                outcome.skipped.append(.init(path: Self.name(entry), reason: reason))
            case .image(let examined, let sha256):
                outcome.images.append(try image(entry, examined, sha256))
            }
            afterEach()
        }
        return outcome
    }

    private enum Examination: Sendable {
        case unreadable(reason: String)
        case image(PictureExaminer.Examined, sha256: String)
    }

    /// - Throws: a `Refusal` where the machine is at fault and not the picture.
    private func examine(_ entry: LabelledFolder.Entry) throws -> Examination {
        try refusing(entry) {
            switch try folder.read(entry, by: reader) {
            case .unusable(let reason): return .unreadable(reason: reason)
            case .image(let content):
                switch try judge.examine(content) {
                case .rejected(let reason): return .unreadable(reason: "\(reason.code): \(reason.message)")
                case .decoded(let examined): return .image(examined, sha256: content.sha256)
                }
            }
        }
    }

    /// Turns what is no picture's fault into an exit status.
    private func refusing<Result>(_ entry: LabelledFolder.Entry, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let failure as SystemFailure {
            throw Refusal(.inputOutput, failure.description)
        } catch JudgingFault.outOfMemory {
            throw Refusal(
                .inputOutput, "\(folder.root.pushing(entry.path)): \(JudgingFault.outOfMemory.description)")
        }
    }

    private func image(
        _ entry: LabelledFolder.Entry, _ examined: PictureExaminer.Examined, _ sha256: String
    ) throws -> EvaluationReport.Image {
        let row = groups?[entry.path]
        let (probability, quality) = try judge.assess(examined)
        return EvaluationReport.Image(
            path: Self.name(entry), isDisease: entry.label == .disease,
            probability: probability, findings: quality.reasons.map(\.code), sha256: sha256,
            subfolder: entry.subfolder,
            group: row?.group, source: row?.source)
    }

    private static func name(_ entry: LabelledFolder.Entry) -> String { ImageName(entry.path).description }
}

extension LabelledJudging {
    /// Pixels of the longer side of the report's pictures.
    private static let pictureSide = 224

    /// The pictures of images that were judged wrongly; one that can no longer be read is left out.
    ///
    /// - Throws: a `Refusal` where the machine is at fault and not the picture.
    func pictures(of images: [EvaluationReport.Image]) throws -> [EvaluationReport.Mistake] {
        let entries = Dictionary(folder.entries.map { (Self.name($0), $0) }) { first, _ in first }
        return try images.compactMap { image in
            guard let entry = entries[image.path] else { return nil }
            return try refusing(entry) { try pictures(of: image, entry) }
        }
    }

    private func pictures(
        of image: EvaluationReport.Image, _ entry: LabelledFolder.Entry
    ) throws -> EvaluationReport.Mistake? {
        guard case .image(let content) = try folder.read(entry, by: reader),
            case .decoded(let examined) = try judge.examine(content)
        else { return nil }
        let map = try judge.diseaseMap(of: examined.image.picture)
        return EvaluationReport.Mistake(
            image: image,
            photograph: try Heatmap.photograph(
                content, longestSide: Self.pictureSide, maximumPixels: judge.maximumPixels),
            heatmap: try Heatmap.jpeg(
                map, seen: examined.image.rectangle, over: content, by: judge.model.identity,
                longestSide: Self.pictureSide, maximumPixels: judge.maximumPixels))
    }
}
