// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Ledger
import LinuxIO
import Review
import SQLite
import SystemPackage
import Testing
import Verdict

/// A ledger that SQLite still reads, but whose rows are not what was written, is a fault that is told: it ends no process.
@Suite struct DamagedLedgerTests {
    private static let time = Date(timeIntervalSince1970: 1_800_000_000)

    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let statement: String
        /// What can't be read any more.
        let use: @Sendable (Ledger, LedgerReader) throws -> Void

        init(_ statement: String, _ use: @escaping @Sendable (Ledger, LedgerReader) throws -> Void) {
            (testDescription, self.statement, self.use) = (statement, statement, use)
        }
    }

    static let damages = [
        Damage("ALTER TABLE file RENAME COLUMN inode TO inodf") { ledger, _ in _ = try ledger.knownFiles() },
        Damage("UPDATE image SET bytes = 'many'") { _, reader in _ = try reader.last() },
        Damage("UPDATE image SET sha256 = x'FF80'") { _, reader in _ = try reader.last() },
        Damage("ALTER TABLE image RENAME COLUMN outcome TO outcomf") { _, reader in _ = try reader.counts() },
        Damage("ALTER TABLE image RENAME COLUMN seen_at TO seen") { _, reader in _ = try reader.last() },
        Damage("ALTER TABLE wait RENAME COLUMN fault TO fauls") { _, reader in _ = try reader.waits() },
        Damage("ALTER TABLE audit RENAME COLUMN link TO lino") { _, reader in try reader.audit { _ in } },
        Damage("UPDATE wait SET attempts = 'often'") { _, reader in _ = try reader.waits() },
        Damage("UPDATE review SET probability = 'maybe'") { _, reader in _ = try reader.reviewCounts() },
        Damage("UPDATE label SET label = 'unwell'") { _, reader in _ = try reader.reviewCounts() },
        Damage("UPDATE label SET label = 'unwell'") { ledger, _ in _ = try ledger.standingLabels() },
        Damage("UPDATE review SET reason = 'whim'") { _, reader in _ = try reader.reasonsOfLabelled() },
        Damage("UPDATE review SET inode = 'x'") { ledger, _ in _ = try ledger.reviewed() },
        Damage("ALTER TABLE audit_label RENAME COLUMN link TO lino") { _, reader in try reader.audit { _ in } },
    ]

    @Test(arguments: damages) func `damage is told`(_ damage: Damage) throws {
        let folder = TemporaryFolder()
        let path = folder.path.appending("ledger.sqlite")
        let ledger = try Ledger(at: path)
        try fill(ledger)
        let reader = try LedgerReader(at: path)
        try damage.use(ledger, reader)
        let other = try SQLiteDatabase(writing: path)
        try other.withWriter { db in
            try db.execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; \(damage.statement)")
        }
        #expect(throws: (any Error).self) { try damage.use(ledger, reader) }
    }

    /// A row in each table that is read.
    private func fill(_ ledger: Ledger) throws {
        let name: ImageName = "a.jpg"
        let content = ImageContent(sha256: String(repeating: "ab", count: 32), byteCount: 3, bytes: [1, 2, 3])
        let publication = Publication(sha256: content.sha256, document: [7])
        _ = try ledger.claim(name, content, receivedAt: Self.time, now: Self.time)
        try ledger.recordJudgement(name, .example(of: content, named: name), publication, now: Self.time)
        let rules = ReviewPlan.Rules(normalShare: 1, diseaseShare: 1, doubt: 0, perDay: 9)
        try ledger.recordPublication(
            name, publication,
            asking: ReviewQuestion(
                ReviewPlan(rules, secret: SiteSecret(key: [1])), about: .example(of: content, named: name)),
            now: Self.time)
        try ledger.recordPutForReview(
            content.sha256, as: "a.jpg", FileSignature(device: 1, inode: 2, bytes: 3, modified: 4, changed: 5))
        try ledger.record(
            [LabelAct(.given, .normal, of: content.sha256, by: "x", at: Self.time, isFiled: true)])
        try ledger.remember(
            name, FileSignature(device: 1, inode: 2, bytes: 3, modified: 4, changed: 5), isLeftAlone: false)
        try ledger.recordWait(name, fault: "disk-full", attempts: 1, next: Self.time, now: Self.time)
    }
}
