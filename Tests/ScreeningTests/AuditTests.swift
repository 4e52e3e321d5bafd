// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Ledger
import LinuxIO
import SQLite
import Screening
import SystemPackage
import Testing
import Verdict

@Suite struct AuditTests {
    /// By Python's hashlib: SHA-256 over the parts, zero bytes between them.
    @Test func `a link is made of all before it`() {
        var chain = AuditChain()
        #expect(chain.head == String(repeating: "0", count: 64) && chain.length == 0)
        func repeated(_ digits: String) -> String { String(repeating: digits, count: 32) }
        chain.append(
            AuditChain.Entry(
                name: "a.jpg", sha256: repeated("aa"), document: repeated("bb"), heatmap: nil,
                publishedAt: "2026-11-25T10:00:00.000Z"))
        #expect(chain.head == "edc15daf55f4a3778a0f8bee78c67061f1705aa9cb5c34e9b9649b3fb6810bd7")
        chain.append(
            AuditChain.Entry(
                name: ImageName(bytes: Array("\u{0}\n.jpg".utf8.map { $0 == 0 ? 0xFF : $0 })), sha256: repeated("cc"),
                document: repeated("dd"), heatmap: repeated("ee"), publishedAt: "2026-11-25T10:00:01.000Z"))
        #expect(chain.head == "aca3f1063898ddd39fd90afe313ed6c70b8080d50877002237c5e26460944f8f" && chain.length == 2)
    }

    /// Three names, one with two contents, one in a subfolder, all with heatmaps.
    private func published() throws -> ScreeningUnderTest {
        let under = try ScreeningUnderTest(judge: .constant(drawsHeatmaps: true))
        try AtomicFile.makeFolder(under.inbox.appending("ward"))
        for (seed, name) in [(1, "a.jpg"), (2, "a.jpg"), (3, "b.jpg"), (4, "ward/c.jpg")] {
            try under.drop(SyntheticEye(seed: UInt64(seed), width: 200, height: 200).jpeg(), as: name)
            #expect(under.screen(ImageName(FilePath(name))) == .done)
        }
        return under
    }

    private func findings(_ under: ScreeningUnderTest, noted: String? = nil) throws -> AuditFindings {
        try AuditFindings(
            LedgerReader(at: under.folder.path.pushing("state/ledger.sqlite")), Outbox(root: under.outbox), noted: noted
        )
    }

    private func inLedger(_ under: ScreeningUnderTest, _ sql: String) throws {
        try SQLiteDatabase(writing: under.folder.path.pushing("state/ledger.sqlite")).write {
            try $0.execute(sql)
        }
    }

    @Test func `what was published and left alone has no findings, and screening it again adds no link`() throws {
        let under = try published()
        let first = try findings(under)
        #expect(first.findings == [] && first.chain.length == 4)
        #expect(under.screen("b.jpg") == .done)
        #expect(try findings(under) == first)
        #expect(try findings(under, noted: first.chain.head).findings == [])
    }

    struct Tampering: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let act: @Sendable (FilePath) throws -> Void
        let finding: AuditFindings.Finding
    }

    static let tamperings = [
        Tampering(
            testDescription: "one byte of a verdict",
            act: { outbox in
                var bytes = [UInt8](try Data(contentsOf: URL(filePath: outbox.appending("b.jpg.json").string)))
                bytes[bytes.count / 2] ^= 1
                try AtomicFile.write(bytes, to: outbox.appending("b.jpg.json"))
            }, finding: .changed("b.jpg.json")),
        Tampering(
            testDescription: "a heatmap",
            act: { try AtomicFile.write([1], to: $0.pushing("ward/c.jpg.heatmap.jpg")) },
            finding: .changed("ward/c.jpg.heatmap.jpg")),
        Tampering(
            testDescription: "a verdict taken away", act: { try AtomicFile.remove($0.pushing("ward/c.jpg.json")) },
            finding: .missing("ward/c.jpg.json")),
        Tampering(
            testDescription: "a verdict put there",
            act: { try AtomicFile.write([1], to: $0.pushing("ward/d.jpg.json")) },
            finding: .added("ward/d.jpg.json")),
        Tampering(
            testDescription: "one verdict for another",
            act: { try AtomicFile.write([1], to: $0.pushing("a.jpg.json")) }, finding: .changed("a.jpg.json")),
    ]

    @Test(arguments: tamperings) func `a file that was touched is found`(tampering: Tampering) throws {
        let under = try published()
        try tampering.act(under.outbox)
        #expect(try findings(under).findings == [tampering.finding])
    }

    static let ledgerTamperings: [(sql: String, findings: [AuditFindings.Finding])] = [
        ("UPDATE image SET verdict = x'7B7D' WHERE id = 3", [.changedRecord("b.jpg")]),
        (
            "UPDATE audit SET document = upper(document) WHERE sequence = 3",
            [.brokenChain(sequence: 3), .changedRecord("b.jpg"), .changed("b.jpg.json")]
        ),
        ("DELETE FROM audit WHERE sequence = 2", [.brokenChain(sequence: 2), .unlinked("a.jpg")]),
        ("DELETE FROM audit WHERE sequence = 4", [.unlinked("ward/c.jpg")]),
        ("UPDATE image SET published_at = '2020-01-01T00:00:00.000Z' WHERE id = 1", [.brokenChain(sequence: 1)]),
    ]

    @Test(arguments: ledgerTamperings.indices) func `a ledger that was touched is found`(number: Int) throws {
        let under = try published()
        let head = try findings(under).chain.head
        try inLedger(under, Self.ledgerTamperings[number].sql)
        let found = try findings(under, noted: head).findings
        for wanted in Self.ledgerTamperings[number].findings {
            #expect(found.contains(wanted), "\(found)")
        }
        if Self.ledgerTamperings[number].sql.contains("audit")
            || Self.ledgerTamperings[number].sql.contains("published_at")
        {
            #expect(found.contains(.unknownHead(head)), "\(found)")
        }
    }

    /// Who removes the last verdicts from every table is found out by a head that was noted.
    @Test func `a chain that was cut off is found by its head`() throws {
        let under = try published()
        let head = try findings(under).chain.head
        try inLedger(under, "DELETE FROM audit WHERE sequence = 4; DELETE FROM image WHERE id = 4")
        try AtomicFile.remove(under.outbox.pushing("ward/c.jpg.json"))
        #expect(try findings(under).findings == [])
        #expect(try findings(under, noted: head).findings == [.unknownHead(head)])
    }

    @Test func `a verdict on its way is no finding`() throws {
        let under = try published()
        let content = ImageContent(sha256: String(repeating: "ab", count: 32), byteCount: 3, bytes: [1, 2, 3])
        _ = try under.ledger.claim("d.jpg", content, receivedAt: Date(), now: Date())
        try under.ledger.recordJudgement(
            "d.jpg", .example(of: content, named: "d.jpg"), Publication(sha256: content.sha256, document: [1]),
            now: Date())
        try AtomicFile.write([1], to: under.outbox.appending("d.jpg.json"))
        #expect(try findings(under).findings == [])
    }

    /// What a ledger of the version before has: no chain, and verdicts.
    @Test func `an older ledger gets a chain of what it has published`() throws {
        let under = try published()
        try inLedger(under, "DROP TABLE audit; DELETE FROM grdb_migrations WHERE identifier LIKE '3 %'")
        #expect(try !LedgerReader(at: under.folder.path.pushing("state/ledger.sqlite")).hasAudit())
        _ = try Ledger(at: under.folder.path.pushing("state/ledger.sqlite"))
        let found = try findings(under)
        #expect(found.findings == [] && found.chain.length == 4)
    }

    /// Read by a newer `audit verify` before the newer daemon has opened it.
    @Test func `a ledger that knows of no spelling is read, and gets to know`() throws {
        let under = try published()
        try inLedger(
            under, "ALTER TABLE image DROP COLUMN spelling; DELETE FROM grdb_migrations WHERE identifier LIKE '7 %'")
        #expect(try findings(under).findings == [])
        _ = try Ledger(at: under.folder.path.pushing("state/ledger.sqlite"))
        #expect(try findings(under).findings == [])
    }
}
