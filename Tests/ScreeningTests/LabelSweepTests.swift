// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Ledger
import LinuxIO
import Review
import SQLite
import Screening
import SystemPackage
import Testing
import Verdict

@Suite struct LabelSweepTests {
    @Test func `a picture that is moved is a label, and the ledger and the chain have it`() throws {
        let site = try SiteUnderTest(judge: .constant(0.8))
        try site.deliver(3)
        try site.move("review/1.jpg", "labelled/disease/1.jpg")
        try site.move("review/2.jpg", "labelled/normal/another name.jpg")
        let outcome = try site.sweep.run()
        #expect(
            outcome.given.map(\.label) == [.disease, .normal] && outcome.withdrawn.isEmpty && outcome.faults.isEmpty)
        #expect(try site.sweep.run() == LabelSweep.Outcome())
        #expect(try site.files("review") == ["3.jpg"])
        #expect(try site.reader.reviewProgress() == (3, 1))
        let answered = try site.reader.reviewCounts().filter { $0.label != nil }
        #expect(Set(answered.map(\.label)) == [.disease, .normal] && answered.allSatisfy { $0.outcome == "disease" })
        #expect(try site.findings().isEmpty && site.reader.auditHead().length == 5)
        let kept: String? = try SQLiteDatabase(writing: site.path("state/ledger.sqlite")).read { db in
            try db.value(
                """
                SELECT reason || ' ' || probability || ' ' || outcome || ' ' || score || ' ' || act FROM label
                    ORDER BY id LIMIT 1
                """)
        }
        #expect(kept == "sample 1.0 disease 0.8 given")
    }

    @Test func `moving it back takes the label back, and it can be answered anew`() throws {
        let site = try SiteUnderTest()
        try site.deliver(1)
        try site.move("review/1.jpg", "labelled/disease/1.jpg")
        _ = try site.sweep.run()
        try site.move("labelled/disease/1.jpg", "review/1.jpg")
        #expect(try site.sweep.run().withdrawn.map(\.label) == [.disease])
        #expect(try site.standing().isEmpty && site.files("review") == ["1.jpg"])
        try site.move("review/1.jpg", "labelled/normal/1.jpg")
        #expect(try site.sweep.run().given.map(\.label) == [.normal])
        #expect(try site.standing() == [[.normal]] && site.findings().isEmpty)
    }

    @Test func `a picture deeper than a path may be long is told of, and the others' labels are taken`() throws {
        let site = try SiteUnderTest()
        try site.deliver(2)
        try site.move("review/1.jpg", "labelled/disease/1.jpg")
        DeepFolder.make(below: site.path("labelled/normal"), holding: site.path("review/2.jpg"))
        let outcome = try site.sweep.run()
        #expect(outcome.given.map(\.label) == [.disease])
        #expect(outcome.faults.count == 1 && outcome.faults.allSatisfy { $0.hasSuffix("File name too long") })
    }

    @Test func `another mind is another class`() throws {
        let site = try SiteUnderTest()
        try site.deliver(1)
        try site.move("review/1.jpg", "labelled/disease/1.jpg")
        _ = try site.sweep.run()
        try site.move("labelled/disease/1.jpg", "labelled/normal/1.jpg")
        let outcome = try site.sweep.run()
        #expect(outcome.withdrawn.map(\.label) == [.disease] && outcome.given.map(\.label) == [.normal])
        #expect(try site.standing() == [[.normal]])
    }

    /// A file manager that copies and then removes; whoever comes between must not take the last one away.
    @Test func `a copy answers too, and the first file is removed once the copy is whole`() throws {
        let site = try SiteUnderTest()
        try site.deliver(2)
        try AtomicFile.makeFolder(site.path("labelled/ungradable"))
        try AtomicFile.write(Array(site.eye(1).dropLast(10)), to: site.path("labelled/ungradable/1.jpg"))
        #expect(try site.sweep.run().given.isEmpty)
        #expect(try site.files("review") == ["1.jpg", "2.jpg"])
        try AtomicFile.write(site.eye(1), to: site.path("labelled/ungradable/1.jpg"))
        let given = try site.sweep.run().given
        #expect(given.map(\.label) == [.ungradable] && given[0].by != nil, "the copy's owner is known")
        #expect(try site.files("review") == ["2.jpg"])
        // Back by copying: what is not the daemon's own is never removed.
        try AtomicFile.write(site.eye(1), to: site.path("review/1.jpg"))
        _ = try site.sweep.run()
        #expect(try site.files("review") == ["1.jpg", "2.jpg"])
        try AtomicFile.remove(site.path("labelled/ungradable/1.jpg"))
        #expect(try site.sweep.run().withdrawn.map(\.label) == [.ungradable])
        #expect(try site.files("review") == ["1.jpg", "2.jpg"] && site.standing().isEmpty)
        try site.move("review/1.jpg", "labelled/normal/1.jpg")
        #expect(try site.sweep.run().given.map(\.label) == [.normal])
    }

    /// Found by a crash run: the label keeps the putting from being finished, and with it from being noted.
    @Test func `a picture put before a kill and answered by copying waits no more`() throws {
        let site = try SiteUnderTest()
        try site.deliver(2)
        try SQLiteDatabase(writing: site.path("state/ledger.sqlite")).write { db in
            try db.execute(
                "UPDATE review SET file = NULL, device = NULL, inode = NULL WHERE file = CAST('1.jpg' AS BLOB)")
            #expect(db.changes == 1)
        }
        try AtomicFile.makeFolder(site.path("labelled/ungradable"))
        try AtomicFile.write(site.eye(1), to: site.path("labelled/ungradable/1.jpg"))
        #expect(try site.sweep.run().given.map(\.label) == [.ungradable])
        #expect(try site.files("review") == ["2.jpg"])
    }

    @Test func `two who disagree are both kept, listed, and in no figure`() throws {
        let site = try SiteUnderTest()
        try site.deliver(2)
        try AtomicFile.write(site.eye(1), to: site.path("labelled/disease/1.jpg"))
        try AtomicFile.write(site.eye(1), to: site.path("labelled/normal/1.jpg"))
        #expect(try site.sweep.run().given.map(\.label) == [.disease, .normal])
        let found = try site.reader.disagreements()
        #expect(found.map(\.name) == ["1.jpg"] && found[0].labels.map(\.label) == [.disease, .normal])
        #expect(try site.reader.reviewCounts().allSatisfy { $0.label == nil })
        try AtomicFile.remove(site.path("labelled/normal/1.jpg"))
        _ = try site.sweep.run()
        #expect(try site.reader.disagreements().isEmpty && site.standing() == [[.disease]])
    }

    /// Removing training data takes back nothing that was said; nor does a folder that is not mounted.
    @Test func `a picture that is gone keeps its label`() throws {
        let site = try SiteUnderTest()
        try site.deliver(1)
        try site.move("review/1.jpg", "labelled/disease/1.jpg")
        _ = try site.sweep.run()
        try site.move("labelled", "away")
        #expect(try site.sweep.run() == LabelSweep.Outcome())
        try AtomicFile.makeFolder(site.path("labelled"))
        #expect(try site.sweep.run() == LabelSweep.Outcome())
        #expect(try site.standing() == [[.disease]])
    }

    @Test func `pictures that nobody was asked about and links are no answers`() throws {
        let site = try SiteUnderTest(.nothing)
        try site.deliver(1)
        try AtomicFile.write(site.eye(1), to: site.path("labelled/disease/1.jpg"))
        #expect(try site.sweep.run() == LabelSweep.Outcome())
        let asked = try SiteUnderTest()
        try asked.deliver(1)
        try FileManager.default.createSymbolicLink(
            atPath: asked.path("labelled/disease/1.jpg").string,
            withDestinationPath: asked.path("inbox/1.jpg").string)
        #expect(try asked.sweep.run() == LabelSweep.Outcome())
    }

    static let tamperings = [
        "UPDATE label SET label = 'normal'", "UPDATE label SET by_whom = 'another'",
        "UPDATE label SET act = 'withdrawn'",
        "UPDATE label SET probability = 0.5",
        "INSERT INTO label (sha256, label, act, at, is_filed) SELECT sha256, 'normal', 'given', at, 1 FROM label",
    ]

    @Test(arguments: tamperings) func `a label that was touched is found`(_ sql: String) throws {
        let site = try SiteUnderTest()
        try site.deliver(1)
        try site.move("review/1.jpg", "labelled/disease/1.jpg")
        _ = try site.sweep.run()
        try SQLiteDatabase(writing: site.path("state/ledger.sqlite")).write { try $0.execute(sql) }
        let sha256 = try #require(try site.reader.content(named: "1.jpg")).sha256
        #expect(try site.findings() == [.changedLabel(sha256)])
    }

    @Test func `links of labels and of verdicts are one chain`() throws {
        let site = try SiteUnderTest()
        try site.deliver(1)
        try site.move("review/1.jpg", "labelled/disease/1.jpg")
        _ = try site.sweep.run()
        try site.under.drop(site.eye(5), as: "5.jpg")
        _ = site.under.screen("5.jpg")
        #expect(try site.findings().isEmpty && site.reader.auditHead().length == 3)
        try SQLiteDatabase(writing: site.path("state/ledger.sqlite")).write {
            try $0.execute("DELETE FROM audit_label")
        }
        #expect(try site.findings().contains(.brokenChain(sequence: 2)))
    }
}

@Suite struct LabelFilingTests {
    private func acts(_ site: SiteUnderTest, _ label: GivenLabel, by: String) throws -> Ledger.Reviewed {
        let content = try #require(try site.reader.content(named: "1.jpg"))
        let own = try site.reader.standingLabels(of: content.sha256).filter { $0.by == by && $0.label != label }
        try Ledger.record(
            own.map { LabelAct(.withdrawn, $0.label, of: content.sha256, by: by, at: Date(), isFiled: true) }
                + [LabelAct(.given, label, of: content.sha256, by: by, at: Date(), isFiled: false)],
            at: site.path("state/ledger.sqlite"))
        return content
    }

    private func labelled(_ site: SiteUnderTest) throws -> [String] {
        try ["disease", "normal", "ungradable"].filter { label in
            try FileStatus.at(site.path("labelled/\(label)/1.jpg")) != nil
        }
    }

    /// The command is killed after the ledger has it: the daemon's next look puts the picture there.
    @Test func `a label whose picture was not yet moved is finished`() throws {
        let site = try SiteUnderTest()
        try site.deliver(1)
        _ = try acts(site, .disease, by: "Dr. A")
        #expect(try labelled(site).isEmpty)
        #expect(try site.sweep.run() == LabelSweep.Outcome())
        #expect(try labelled(site) == ["disease"] && site.files("review").isEmpty)
        let standing = try #require(try site.under.ledger.standingLabels().values.first)
        #expect(standing.map(\.by) == ["Dr. A"] && standing[0].isFiled)
        #expect(try site.findings().isEmpty)
    }

    @Test func `one person's other mind moves it, another person's answer stands beside`() throws {
        let site = try SiteUnderTest()
        try site.deliver(1)
        _ = try acts(site, .disease, by: "Dr. A")
        _ = try site.sweep.run()
        _ = try acts(site, .normal, by: "Dr. A")
        #expect(try site.sweep.run() == LabelSweep.Outcome())
        #expect(try labelled(site) == ["normal"] && site.standing() == [[.normal]])
        _ = try acts(site, .ungradable, by: "Dr. B")
        #expect(try site.sweep.run() == LabelSweep.Outcome())
        #expect(try labelled(site) == ["normal", "ungradable"])
        #expect(try site.reader.disagreements()[0].labels.map(\.by) == ["Dr. A", "Dr. B"])
        #expect(try site.findings().isEmpty)
    }

    @Test func `a picture that nobody was given is taken from the inbox`() throws {
        let site = try SiteUnderTest(.nothing)
        try site.deliver(1)
        let content = try acts(site, .normal, by: "Dr. A")
        let filing = LabelFiling(labelled: site.path("labelled"), review: site.path("review"))
        #expect(try !filing.file(content, as: .normal, besides: [], inbox: nil))
        #expect(try filing.file(content, as: .normal, besides: [], inbox: site.path("inbox")))
        #expect(try labelled(site) == ["normal"] && site.files("inbox") == ["1.jpg"])
        #expect(try site.reader.reviewCounts().allSatisfy { $0.label == nil }, "nobody drew it, so it weighs nothing")
    }

    @Test func `what was never screened has no label`() throws {
        let site = try SiteUnderTest()
        #expect(throws: LedgerFault.unknownContent) {
            try Ledger.record(
                [
                    LabelAct(
                        .given, .normal, of: String(repeating: "ab", count: 32), by: nil, at: Date(), isFiled: false)
                ],
                at: site.path("state/ledger.sqlite"))
        }
    }
}
