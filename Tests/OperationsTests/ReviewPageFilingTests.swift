// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Ledger
import LinuxIO
import Review
import Screening
import Settings
import SystemPackage
import Testing

@testable import Operations

/// From the ledger and the review folder to `review/index.html`.
@Suite struct ReviewPageFilingTests {
    private let site: ScreeningSite
    private let settings: Settings

    init() throws {
        site = try ScreeningSite()
        settings = try site.settings()
        for folder in ["review", "labelled/disease", "labelled/normal"] { try site.makeFolder(folder) }
    }

    /// Every picture is drawn.
    private func deliver(_ names: String...) async throws {
        for (number, name) in names.enumerated() {
            let eye = SyntheticEye(seed: UInt64(number + 10 * name.count), width: 160, height: 160)
            try site.write(eye.jpeg(), to: "inbox/\(name)")
        }
        try await site.screen(review: ReviewPlan.Rules(normalShare: 1, diseaseShare: 1, doubt: 0, perDay: 100))
    }

    private func filing() throws -> ReviewPageFiling {
        ReviewPageFiling(settings, try #require(try settings.ledgerReader()))
    }

    private var page: String { get throws { try site.text("review/index.html") } }

    private func pageFile() throws -> FileSignature? {
        try FileStatus.at(site.path("review/index.html"))?.signature
    }

    private func pictures() throws -> Int { try page.components(separatedBy: "<article").count - 1 }
    private func images() throws -> Int { try page.components(separatedBy: "<img ").count - 1 }

    @Test func `each picture that waits is there, small, and its heatmap where one was drawn`() async throws {
        try await deliver("a.jpg", "second.jpg")
        try site.write(try site.read("inbox/a.jpg"), to: "outbox/a.jpg.heatmap.jpg")
        var filing = try filing()
        #expect(try filing.refresh() == [])
        #expect(try pictures() == 2 && images() == 3)
        #expect(try page.contains("2 pictures to look at") && page.contains("0 of 2 answered"))
    }

    @Test func `it is written anew as things change, and not otherwise`() async throws {
        try await deliver("a.jpg", "second.jpg")
        var filing = try filing()
        _ = try filing.refresh()
        let before = try pageFile()
        #expect(try filing.refresh() == [] && pageFile() == before)
        try site.move("review/a.jpg", to: "labelled/normal/a.jpg")
        var sweep = LabelSweep(
            try Ledger(at: settings.ledgerPath), labelled: settings.labelled, review: settings.reviewFolder)
        _ = try sweep.run()
        _ = try filing.refresh()
        #expect(try pictures() == 1 && page.contains("1 of 2 answered") && pageFile() != before)
    }

    /// It may be on its way to an answer, or nobody will ever look at it; a link to it would lead nowhere.
    @Test func `a picture that somebody took away is not shown`() async throws {
        try await deliver("a.jpg", "second.jpg")
        var filing = try filing()
        _ = try filing.refresh()
        try site.remove("review/a.jpg")
        #expect(try filing.refresh() == [])
        #expect(try pictures() == 1 && !page.contains("a.jpg\"") && page.contains("1 picture to look at"))
    }

    @Test func `why a picture has no small one is told once, and it is linked all the same`() async throws {
        try await deliver("a.jpg", "second.jpg")
        try site.write("no picture", to: "review/a.jpg")
        var filing = try filing()
        let told = try filing.refresh()
        try #require(told.count == 1)
        #expect(told[0].hasPrefix(site.path("review/a.jpg").string + ": "), "\(told)")
        #expect(told[0].count > site.path("review/a.jpg: ").string.count + 10)
        #expect(try pictures() == 2 && images() == 1 && page.contains("href=\"./a.jpg\""))
        try await deliver("another.jpg")
        #expect(try filing.refresh() == [])
        #expect(try pictures() == 3 && images() == 2)
    }

    @Test func `a picture that has grown too large is told too`() async throws {
        try await deliver("a.jpg")
        let small = try site.settings([.maxBytes: "1KiB"])
        var filing = ReviewPageFiling(small, try #require(try small.ledgerReader()))
        #expect(try filing.refresh().map { $0.hasSuffix("a.jpg: is larger than max-bytes") } == [true])
    }

    @Test func `without its folder there is no page, and no fault`() async throws {
        try await deliver("a.jpg")
        try site.remove("review")
        var filing = try filing()
        #expect(try filing.refresh() == [])
        #expect(!site.exists("review"))
    }
}
