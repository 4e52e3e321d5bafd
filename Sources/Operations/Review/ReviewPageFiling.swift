// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import FundusImage
internal import Ledger
internal import LinuxIO
internal import Report
internal import Review
internal import Screening
internal import Settings
internal import SystemPackage
internal import Verdict
internal import WrittenText

/// Keeps `review/index.html` as the pictures are that wait: written anew when these change, and not otherwise.
struct ReviewPageFiling {
    private let settings: Settings
    private let ledger: LedgerReader
    /// What the page shows: which pictures wait, and how many are answered.
    private var shown: State?
    /// Small pictures by content: a photograph is decoded once, not each time that another one comes.
    private var thumbnails: [String: Thumbnails] = [:]

    private struct State: Equatable {
        let waiting: [LedgerReader.Waiting]
        let answered: Int
    }

    private struct Thumbnails {
        let photograph: [UInt8]?
        let heatmap: [UInt8]?
    }

    /// Pixels of a small picture's longer side.
    private static let pictureSide = 320

    init(_ settings: Settings, _ ledger: LedgerReader) {
        self.settings = settings
        self.ledger = ledger
    }

    /// - Returns: why pictures have no small one beside them, each told once.
    /// - Throws: a fault of the machine; the page stays as it is then, and is written the next time.
    mutating func refresh() throws -> [String] {
        guard try Folder.isThere(settings.reviewFolder) else { return [] }
        let waiting = try stillThere(ledger.waitingForAnswer())
        let (drawn, open) = try ledger.reviewProgress()
        let state = State(waiting: waiting, answered: drawn - open)
        guard state != shown else { return [] }
        thumbnails = thumbnails.filter { known in waiting.contains { $0.sha256 == known.key } }
        var faults: [String] = []
        let pictures = waiting.prefix(ReviewPage.picturesShown).map { picture($0, &faults) }
        let page = ReviewPage(
            pictures, waiting: waiting.count, answered: state.answered, labelled: settings.labelled.string)
        try Folder(settings.reviewFolder).write(Array(page.text.utf8), to: FilePath(ReviewPage.fileName))
        shown = state
        return faults
    }

    /// Without those that somebody has taken away, with an answer that is not seen yet or with none.
    private func stillThere(_ waiting: [LedgerReader.Waiting]) throws -> [LedgerReader.Waiting] {
        let folder = try Folder(settings.reviewFolder)
        return try waiting.filter { try folder.statusIfThere($0.file) != nil }
    }

    private mutating func picture(
        _ waiting: LedgerReader.Waiting, _ faults: inout [String]
    ) -> ReviewPage.Picture {
        let small = thumbnails[waiting.sha256] ?? thumbnails(of: waiting, &faults)
        thumbnails[waiting.sha256] = small
        return ReviewPage.Picture(
            file: ImageName(waiting.file).description, reason: waiting.reason.inWords, verdict: Self.verdict(waiting),
            thumbnail: small.photograph, heatmap: small.heatmap)
    }

    private static func verdict(_ waiting: LedgerReader.Waiting) -> String {
        let probability = waiting.verdict.probability.value.map { ", P(disease) \($0.rounded3)" } ?? ""
        let reasons = waiting.verdict.reasons.map(\.message).joined(separator: " ")
        return "\(waiting.verdict.outcome.rawValue)\(probability)\(reasons.isEmpty ? "" : ". \(reasons)")"
    }

    /// A picture that can't be made small is linked all the same: the page must not fail for it.
    private func thumbnails(of waiting: LedgerReader.Waiting, _ faults: inout [String]) -> Thumbnails {
        let heatmap = Outbox.heatmapPath(for: waiting.name, spelled: waiting.spelling)
        return Thumbnails(
            photograph: small(settings.reviewFolder, waiting.file, &faults),
            heatmap: small(settings.outbox, heatmap, &faults))
    }

    /// Nil where no such file is, as where no heatmaps are drawn, and where it can't be made smaller.
    private func small(_ root: FilePath, _ relative: FilePath, _ faults: inout [String]) -> [UInt8]? {
        do {
            let file = try Folder(root).openFile(relative)
            let content = try NamedImageReader(maximumBytes: settings.maxBytes).read(file)
            guard content.bytes != nil else {
                faults.append("\(root.pushing(relative)): is larger than max-bytes")
                return nil
            }
            return try Heatmap.photograph(
                content, longestSide: Self.pictureSide, maximumPixels: settings.maxPixels)
        } catch let failure as SystemFailure where failure.isGone {
            return nil
        } catch {
            faults.append("\(root.pushing(relative)): \(explanation(of: error))")
            return nil
        }
    }
}

extension Folder {
    fileprivate static func isThere(_ path: FilePath) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            _ = try Folder(path)
            return true
        } catch let error where error.isGone {
            return false
        }
    }
}

extension ReviewReason {
    /// Says nothing of what the program said: who reads it is to judge by himself.
    fileprivate var inWords: String {
        switch self {
        case .sample: "Drawn by chance."
        case .doubt, .disagreement: "Chosen, since an answer here teaches most."
        case .ungradable: "Drawn by chance."
        }
    }
}
