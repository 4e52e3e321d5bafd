// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Intake
import Ledger
import LinuxIO
import Review
import SQLite
import Screening
import Synchronization
import SystemPackage
import Testing
import Verdict

/// A site where people are asked, with the folders that they move pictures between.
final class SiteUnderTest {
    let under: ScreeningUnderTest
    var sweep: LabelSweep

    init(
        _ rules: ReviewPlan.Rules = .everything, judge: Judge = .constant(), after: SourceDisposition = .keep,
        continuing other: ScreeningUnderTest? = nil, tell: @escaping @Sendable (ScreeningEvent) -> Void = { _ in }
    ) throws {
        let folder = other?.folder ?? TemporaryFolder()
        let review = ReviewRules(
            plan: ReviewPlan(rules, secret: SiteSecret(key: [7])), folder: folder.path.appending("review"))
        under = try ScreeningUnderTest(judge: judge, after: after, review: review, in: folder, tell: tell)
        for name in ["review", "labelled"] { try AtomicFile.makeFolder(folder.path.appending(name)) }
        for name in ["disease", "normal"] { try AtomicFile.makeFolder(folder.path.pushing("labelled").appending(name)) }
        sweep = LabelSweep(
            under.ledger, labelled: folder.path.appending("labelled"), review: folder.path.appending("review"))
    }

    func eye(_ seed: UInt64) -> [UInt8] { SyntheticEye(seed: seed, width: 160, height: 160).jpeg() }

    /// Drops so many eyes and screens them.
    func deliver(_ count: Int) throws {
        for number in 1...count {
            try under.drop(eye(UInt64(number)), as: "\(number).jpg")
            #expect(under.screen(ImageName(FilePath("\(number).jpg"))) == .done)
        }
    }

    func files(_ folder: String) throws -> [String] {
        try Folder(path(folder)).names().map(\.string).filter { !$0.hasPrefix(".") }.sorted()
    }

    func path(_ path: String) -> FilePath { under.folder.path.pushing(FilePath(path)) }

    func move(_ from: String, _ to: String) throws { try AtomicFile.rename(path(from), to: path(to)) }

    var reader: LedgerReader { get throws { try LedgerReader(at: path("state/ledger.sqlite")) } }

    func findings() throws -> [AuditFindings.Finding] {
        try AuditFindings(reader, Outbox(root: under.outbox)).findings
    }

    func standing() throws -> [[GivenLabel]] {
        try under.ledger.standingLabels().values.map { $0.map(\.label) }
    }
}

extension ReviewPlan.Rules {
    static let everything = ReviewPlan.Rules(normalShare: 1, diseaseShare: 1, doubt: 0, perDay: 1000)
    static let nothing = ReviewPlan.Rules(normalShare: 1e-9, diseaseShare: 1e-9, doubt: 0, perDay: 1000)
}

/// Holds threads back until all have come.
private final class Meeting: Sendable {
    private let here = DispatchSemaphore(value: 0)
    private let missing: Mutex<Int>
    private let count: Int

    init(of count: Int) {
        self.count = count
        missing = Mutex(count)
    }

    /// A thread that does not come is a failure of its own, and no hang.
    func arrive() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { for _ in 1..<count { here.signal() } } else { _ = here.wait(timeout: .now() + 20) }
    }
}

@Suite struct ReviewTests {
    @Test func `drawn pictures are put there as they are, and those alone`() throws {
        let site = try SiteUnderTest(ReviewPlan.Rules(normalShare: 0.5, diseaseShare: 1, doubt: 0, perDay: 100))
        try site.deliver(12)
        let drawn = try site.files("review")
        #expect((1...11).contains(drawn.count))
        for name in drawn {
            #expect(
                try Data(contentsOf: URL(filePath: site.path("review/\(name)").string))
                    == Data(site.eye(UInt64(name.dropLast(4))!)))
        }
        let counts = try site.reader.reviewCounts()
        #expect(counts.map(\.pictures) == [12] && counts[0].probability == 0.5 && counts[0].outcome == "normal")
        #expect(try site.reader.reviewProgress() == (drawn.count, drawn.count))
        // The same site draws the same, whatever the order and the names.
        let again = try SiteUnderTest(ReviewPlan.Rules(normalShare: 0.5, diseaseShare: 1, doubt: 0, perDay: 100))
        for number in (1...12).reversed() {
            try again.under.drop(again.eye(UInt64(number)), as: "\(number).jpg")
            _ = again.under.screen(ImageName(FilePath("\(number).jpg")))
        }
        #expect(try again.files("review") == drawn)
    }

    @Test func `a content is put there once, under the name of its first, and the day has its bound`() throws {
        let site = try SiteUnderTest(ReviewPlan.Rules(normalShare: 1, diseaseShare: 1, doubt: 0, perDay: 3))
        try site.deliver(2)
        try site.under.drop(site.eye(1), as: "again.jpg")
        #expect(site.under.screen("again.jpg") == .done)
        #expect(try site.files("review") == ["1.jpg", "2.jpg"])
        try site.under.drop(site.eye(9), as: "1.jpg")
        #expect(site.under.screen("1.jpg") == .done)
        let files = try site.files("review")
        #expect(files.count == 3 && files.contains { $0.hasPrefix("1~") && $0.hasSuffix(".jpg") })
        try site.under.drop(site.eye(10), as: "late.jpg")
        #expect(site.under.screen("late.jpg") == .done)
        #expect(try site.files("review") == files)
        #expect(try Set(site.reader.reviewCounts().map(\.probability)) == [0, 1])
    }

    @Test(arguments: [SourceDisposition.keep, .delete]) func `it is put there before the inbox is cleared`(
        _ after: SourceDisposition
    ) throws {
        let site = try SiteUnderTest(after: after)
        try site.deliver(2)
        #expect(try site.files("review") == ["1.jpg", "2.jpg"])
        #expect(try site.files("inbox").count == (after == .keep ? 2 : 0))
    }

    /// What keeps a picture from people is told like any fault, and mended by the next try.
    @Test func `where the folder is missing the image is held back with its verdict, and put there later`() throws {
        let site = try SiteUnderTest(after: .delete)
        try site.move("review", "elsewhere")
        try site.under.drop(site.eye(1), as: "1.jpg")
        guard case .heldBack(let fault) = site.under.screen("1.jpg") else {
            Issue.record("it is held back")
            return
        }
        #expect(fault.contains("review folder") && fault.contains("check that it exists"))
        #expect(try site.under.verdictFiles() == ["1.jpg.json"] && site.files("inbox") == ["1.jpg"])
        try site.move("elsewhere", "review")
        #expect(site.under.screen("1.jpg") == .done)
        #expect(try site.files("review") == ["1.jpg"] && site.files("inbox").isEmpty)
    }

    /// What a killed process leaves: the draw without the file, the file without its note.
    @Test(arguments: [
        "UPDATE review SET file = NULL, device = NULL, inode = NULL", "SELECT 1",
    ]) func `what a killed process had drawn is put there once`(_ sql: String) throws {
        let site = try SiteUnderTest()
        try site.deliver(1)
        try SQLiteDatabase(writing: site.path("state/ledger.sqlite")).write { try $0.execute(sql) }
        for isThere in [true, false] {
            if !isThere {
                try AtomicFile.remove(site.path("review/1.jpg"))
                try SQLiteDatabase(writing: site.path("state/ledger.sqlite")).write {
                    try $0.execute("UPDATE review SET file = NULL")
                }
            }
            let next = try SiteUnderTest(continuing: site.under)
            #expect(next.under.screen("1.jpg") == .done)
            #expect(try next.files("review") == ["1.jpg"])
        }
    }

    /// Each of the two goes on only when both have their verdicts.
    @Test func `a picture that two workers have under two names is put there once`() throws {
        for round in 1...8 {
            let meeting = Meeting(of: 2)
            let site = try SiteUnderTest { event in if case .verdict = event { meeting.arrive() } }
            let names = ["a.jpg", "b.jpg"]
            for name in names { try site.under.drop(site.eye(UInt64(round)), as: name) }
            let under = site.under
            DispatchQueue.concurrentPerform(iterations: 2) { worker in
                #expect(under.screen(ImageName(FilePath(names[worker]))) == .done)
            }
            #expect(try site.files("review").count == 1)
            #expect(try under.verdictFiles() == ["a.jpg.json", "b.jpg.json"])
            #expect(try site.reader.reviewProgress() == (1, 1))
        }
    }

    /// Killed between the file and its note, by the name that was drawn; then the other name comes by.
    @Test func `a picture that lies there unnoted gets no second file by its other name`() throws {
        let site = try SiteUnderTest()
        for name in ["drawn.jpg", "again.jpg"] { try site.under.drop(site.eye(1), as: name) }
        #expect(site.under.screen("drawn.jpg") == .done)
        try SQLiteDatabase(writing: site.path("state/ledger.sqlite")).write {
            try $0.execute("UPDATE review SET file = NULL, device = NULL, inode = NULL")
        }
        let next = try SiteUnderTest(continuing: site.under)
        #expect(next.under.screen("again.jpg") == .done)
        #expect(try next.files("review") == ["drawn.jpg"])
        #expect(try next.reader.waitingForAnswer().map(\.file) == ["drawn.jpg"])
    }

    @Test func `nobody is asked where it is off, nor about what is no picture`() throws {
        let off = try ScreeningUnderTest()
        try off.drop(SyntheticEye(seed: 1, width: 160, height: 160).jpeg(), as: "a.jpg")
        #expect(off.screen("a.jpg") == .done)
        let reader = try LedgerReader(at: off.folder.path.pushing("state/ledger.sqlite"))
        #expect(try reader.reviewCounts().isEmpty)
        let site = try SiteUnderTest()
        try site.under.drop([0xFF, 0xD8, 0xFF, 1], as: "bad.jpg")
        _ = site.under.screen("bad.jpg")
        #expect(try site.files("review").isEmpty && site.reader.reviewCounts().isEmpty)
    }

    @Test func `a disagreement is put there when it comes by again`() throws {
        let site = try SiteUnderTest(.nothing)
        try site.deliver(1)
        #expect(try site.files("review").isEmpty)
        let content = try #require(try site.reader.content(named: "1.jpg"))
        #expect(try site.under.pipeline.disagrees(content.sha256))
        #expect(site.under.screen("1.jpg") == .done)
        #expect(try site.files("review") == ["1.jpg"])
        #expect(try !site.under.pipeline.disagrees(content.sha256))
        #expect(try site.reader.reviewCounts().map(\.stratum) == ["disagreement"])
    }
}
