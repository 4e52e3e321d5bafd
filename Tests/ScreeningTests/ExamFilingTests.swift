// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Ledger
import LinuxIO
import Screening
import SystemPackage
import Testing
import Verdict

/// From the verdicts of a person's eyes to `exams/PERSON.json`.
@Suite struct ExamFilingTests {
    private static let (first, second) = (
        SyntheticEye(seed: 1, width: 256, height: 256).jpeg(quality: 90),
        SyntheticEye(seed: 2, width: 256, height: 256).jpeg(quality: 90)
    )
    private static let dark = SyntheticPictures.encode(SyntheticPictures.tooDark())

    private static func site(_ probability: Double = 0.25, continuing other: ScreeningUnderTest? = nil) throws
        -> ScreeningUnderTest
    {
        let site = try ScreeningUnderTest(judge: .constant(probability), continuing: other)
        var rules = site.pipeline.currentRules
        rules.exams = true
        site.pipeline.adopt(rules)
        return site
    }

    private static func exam(_ site: ScreeningUnderTest, _ person: String = "p") throws -> Exam? {
        guard
            let bytes = try? Data(
                contentsOf: URL(filePath: site.outbox.appending("exams").appending("\(person).json").string))
        else {
            return nil
        }
        return try Exam(document: [UInt8](bytes))
    }

    private static func faults(_ site: ScreeningUnderTest) throws -> [AuditFindings.Finding] {
        let reader = try LedgerReader(at: site.folder.path.pushing("state/ledger.sqlite"))
        return try AuditFindings(reader, Outbox(root: site.outbox)).findings
    }

    @Test func `each eye adds to the exam of its person, and nothing else does`() throws {
        let site = try Self.site()
        try site.drop(Self.first, as: "p_left.jpg")
        try site.drop(Self.second, as: "nobody.jpg")
        for name in ["p_left.jpg", "nobody.jpg"] as [ImageName] { #expect(site.screen(name) == .done) }
        #expect(try Self.exam(site)?.outcome == .incomplete)
        try site.drop(Self.second, as: "p_right.jpg")
        #expect(site.screen("p_right.jpg") == .done)
        let exam = try #require(try Self.exam(site))
        #expect(exam.outcome == .normal && exam.person == "p" && exam.reasons.isEmpty)
        #expect(exam.eyes[.right]?.verdict == "p_right.jpg.json" && exam.eyes[.left]?.image == "p_left.jpg")
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.outbox.pushing("exams").string) == ["p.json"])
        #expect(try Self.faults(site) == [])
    }

    @Test func `a newer picture of an eye stands for it, unless nobody can judge it`() throws {
        let site = try Self.site(0.75)
        try site.drop(Self.first, as: "p_left.jpg")
        #expect(site.screen("p_left.jpg") == .done)
        try site.drop(Self.dark, as: "p_left_2.jpg")
        #expect(site.screen("p_left_2.jpg") == .done)
        #expect(try Self.exam(site)?.eyes[.left]?.image == "p_left.jpg")
        let normal = try Self.site(0.25, continuing: site)
        try normal.drop(Self.second, as: "p_left_3.jpg")
        #expect(normal.screen("p_left_3.jpg") == .done)
        #expect(try Self.exam(site)?.eyes[.left]?.image == "p_left_3.jpg")
        #expect(try Self.exam(site)?.outcome == .incomplete)
    }

    /// The name's own file decides what stands for the eye, also when the older content comes back.
    @Test func `content that comes back under its name is what counts again`() throws {
        let site = try Self.site(0.75)
        try site.drop(Self.first, as: "p_left.jpg")
        #expect(site.screen("p_left.jpg") == .done)
        try site.drop(Self.dark, as: "p_left.jpg")
        #expect(site.screen("p_left.jpg") == .done)
        #expect(try Self.exam(site)?.outcome == .incomplete)
        try site.drop(Self.first, as: "p_left.jpg")
        #expect(site.screen("p_left.jpg") == .done)
        #expect(try Self.exam(site)?.outcome == .disease)
        #expect(try Self.faults(site) == [])
    }

    /// As after a crash between the ledger and the file.
    @Test func `what is due is written at the next start`() throws {
        let site = try Self.site()
        try site.drop(Self.first, as: "p_left.jpg")
        // No folder can be made where a file lies.
        try AtomicFile.write([1], to: site.outbox.appending("exams"))
        guard case .heldBack(let fault) = site.screen("p_left.jpg") else {
            Issue.record("the exam can't have been written")
            return
        }
        #expect(fault.contains("the exam of its person can't be written"))
        #expect(try site.verdict("p_left.jpg") != nil, "the verdict stands")
        try FileManager.default.removeItem(atPath: site.outbox.appending("exams").string)
        try Self.site(continuing: site).pipeline.writeExams()
        #expect(try Self.exam(site)?.eyes[.left]?.image == "p_left.jpg")
        #expect(try site.ledger.examsDue().isEmpty)
    }

    /// Two workers at once: what the second one notes while the first one writes must not count as written.
    @Test func `a verdict that comes while an exam is written keeps it due`() throws {
        let site = try Self.site()
        try site.drop(Self.first, as: "p_left.jpg")
        #expect(site.screen("p_left.jpg") == .done)
        let content = ImageContent(sha256: "ab", byteCount: 1, bytes: nil)
        let verdict = Verdict.example(of: content, named: "p_right.jpg", .disease)
        let publication = Publication(sha256: "ab", document: try verdict.document())
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        func publish(_ name: ImageName) throws {
            _ = try site.ledger.claim(name, content, receivedAt: time, now: time)
            try site.ledger.recordJudgement(name, verdict, publication, now: time)
            try site.ledger.recordPublication(name, publication, asking: nil, of: EyeName(name), now: time)
        }
        try publish("p_right.jpg")
        let read = try #require(try site.ledger.examsDue().first)
        try publish("p_right_2.jpg")
        try site.ledger.recordExam(of: read.person, upTo: read.changes, spelled: nil)
        #expect(try site.ledger.examsDue().map(\.person) == [read.person])
        try site.pipeline.writeExams()
        #expect(try Self.exam(site)?.outcome == .disease && site.ledger.examsDue().isEmpty)
    }

    @Test func `an exam that somebody changed, took away or added is found`() throws {
        let site = try Self.site()
        for name in ["p_left.jpg", "q_left.jpg"] { try site.drop(Self.first, as: name) }
        for name in ["p_left.jpg", "q_left.jpg"] as [ImageName] { #expect(site.screen(name) == .done) }
        try AtomicFile.write(Array("{}".utf8), to: site.outbox.pushing("exams/p.json"))
        try FileManager.default.removeItem(atPath: site.outbox.pushing("exams/q.json").string)
        try AtomicFile.write(Array("{}".utf8), to: site.outbox.pushing("exams/r.json"))
        #expect(
            Set(try Self.faults(site)) == [.changed("exams/p.json"), .missing("exams/q.json"), .added("exams/r.json")])
    }

    @Test func `a verdict that has the file's name keeps it`() throws {
        let site = try Self.site()
        try AtomicFile.makeFolder(site.inbox.appending("exams"))
        try site.drop(Self.first, as: "exams/p")
        #expect(site.screen("exams/p") == .done)
        let before = try Data(contentsOf: URL(filePath: site.outbox.pushing("exams/p.json").string))
        try site.drop(Self.second, as: "p_left.jpg")
        #expect(site.screen("p_left.jpg") == .done)
        #expect(try Data(contentsOf: URL(filePath: site.outbox.pushing("exams/p.json").string)) == before)
        #expect(try Self.faults(site) == [])
    }

    @Test func `without exams there is none`() throws {
        let site = try ScreeningUnderTest()
        try site.drop(Self.first, as: "p_left.jpg")
        #expect(site.screen("p_left.jpg") == .done)
        #expect(!FileManager.default.fileExists(atPath: site.outbox.appending("exams").string))
    }
}
