// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import Hashing
package import Review
internal import SQLite
package import SystemPackage
internal import Verdict

/// What people said of pictures: `label` has one row an act, given or withdrawn, and none is ever changed, but for `is_filed`:
/// whether the picture was seen in the folder of that class. `audit_label` is the label's link in the audit chain.
enum LabelTable {
    static let definition = """
        CREATE TABLE label (
            id INTEGER PRIMARY KEY,
            sha256 TEXT NOT NULL,
            label TEXT NOT NULL,
            act TEXT NOT NULL CHECK (act IN ('given', 'withdrawn')),
            by_whom TEXT,
            at TEXT NOT NULL,
            reason TEXT,
            probability REAL,
            outcome TEXT,
            score REAL,
            model TEXT,
            is_filed INTEGER NOT NULL
        );
        CREATE INDEX label_by_content ON label (sha256, label, id);
        CREATE TABLE audit_label (
            sequence INTEGER PRIMARY KEY,
            label INTEGER NOT NULL UNIQUE REFERENCES label (id),
            document TEXT NOT NULL,
            link TEXT NOT NULL
        );
        """

    /// The last act on each class of a content, where that is no withdrawal.
    static let standing = """
        SELECT * FROM label WHERE act = 'given' AND id IN (SELECT max(id) FROM label GROUP BY sha256, label)
        """

    /// Notes an act, with what the model had said and why a person was asked, and links it into the audit chain.
    static func append(_ db: SQLiteConnection, _ act: LabelAct) throws {
        try db.execute(
            """
            INSERT INTO label (sha256, label, act, by_whom, at, is_filed, reason, probability, outcome, score, model)
                SELECT ?, ?, ?, ?, ?, ?, review.reason, CASE WHEN review.reason IS NULL THEN NULL ELSE review.probability END,
                    image.outcome, image.probability, image.model
                    FROM image LEFT JOIN review ON review.sha256 = image.sha256
                    WHERE image.sha256 = ? ORDER BY image.id LIMIT 1
            """,
            [
                act.sha256, act.label.rawValue, act.kind.rawValue, act.by, act.at.timestamp, act.isFiled, act.sha256,
            ])
        guard db.changes == 1,
            let row = try db.row("SELECT * FROM label WHERE id = ?", [db.lastInsertedRow])
        else { throw LedgerFault.unknownContent }
        let entry = AuditChain.LabelEntry(sha256: act.sha256, document: try digest(row))
        var chain = try AuditTable.head(db)
        chain.append(entry)
        try db.execute(
            "INSERT INTO audit_label (sequence, label, document, link) VALUES (?, ?, ?, ?)",
            [chain.length, try row.value("id") as Int64, entry.document, chain.head])
    }

    static func markFiled(_ db: SQLiteConnection, _ sha256: String, _ label: GivenLabel) throws {
        try db.execute(
            "UPDATE label SET is_filed = 1 WHERE sha256 = ? AND label = ? AND NOT is_filed",
            [sha256, label.rawValue])
    }

    /// SHA-256 over all that never changes of a row, zero bytes between.
    static func digest(_ row: SQLiteRow) throws -> String {
        let (by, reason, outcome, model): (String?, String?, String?, String?) = try (
            row.value("by_whom"), row.value("reason"), row.value("outcome"), row.value("model")
        )
        let (probability, score): (Double?, Double?) = try (row.value("probability"), row.value("score"))
        let parts: [String] = try [
            row.value("sha256"), row.value("label"), row.value("act"), by ?? "-", row.value("at"), reason ?? "-",
            probability.map { "\($0)" } ?? "-", outcome ?? "-", score.map { "\($0)" } ?? "-", model ?? "-",
        ]
        return SHA256.hash(Array(parts.map { Array($0.utf8) }.joined(separator: [0]))).hexadecimal
    }
}

/// Somebody says something of a picture, or takes it back.
package struct LabelAct: Sendable {
    package enum Kind: String, Sendable { case given, withdrawn }

    package let sha256: String
    package let label: GivenLabel
    package let kind: Kind
    /// Nil where nothing tells.
    package let by: String?
    package let at: Date
    /// Whether the picture lies in the folder of that class; else it is still to be put there.
    package let isFiled: Bool

    package init(_ kind: Kind, _ label: GivenLabel, of sha256: String, by: String?, at: Date, isFiled: Bool) {
        self.sha256 = sha256
        self.label = label
        self.kind = kind
        self.by = by
        self.at = at
        self.isFiled = isFiled
    }
}

/// A label that stands.
package struct StandingLabel: Sendable, Equatable {
    package let sha256: String
    package let label: GivenLabel
    /// Who gave it; nil where nobody can tell.
    package let by: String?
    /// In ISO 8601, UTC.
    package let at: String
    /// The picture lies in the label's folder.
    package let isFiled: Bool

    package init(sha256: String, label: GivenLabel, by: String?, at: String, isFiled: Bool) {
        self.sha256 = sha256
        self.label = label
        self.by = by
        self.at = at
        self.isFiled = isFiled
    }
}

extension Ledger {
    /// Notes what people did, all of it or nothing.
    package func record(_ acts: [LabelAct]) throws {
        try database.write { db in for act in acts { try LabelTable.append(db, act) } }
    }

    /// The same, beside a daemon, in another process.
    package static func record(_ acts: [LabelAct], at path: FilePath) throws {
        try SQLiteDatabase(writing: path).write { db in
            guard try LedgerSchema.isCurrent(db) else { throw LedgerFault.otherVersion }
            for act in acts { try LabelTable.append(db, act) }
        }
    }

    /// The picture was seen in the folder of the class.
    package func recordFiled(_ sha256: String, _ label: GivenLabel) throws {
        try database.write { try LabelTable.markFiled($0, sha256, label) }
    }

    /// The same, beside a daemon, in another process.
    package static func recordFiled(_ sha256: String, _ label: GivenLabel, at path: FilePath) throws {
        try SQLiteDatabase(writing: path).write { try LabelTable.markFiled($0, sha256, label) }
    }

    package func standingLabels() throws -> [String: [StandingLabel]] { try database.read(StandingLabel.all) }
}

extension StandingLabel {
    static func all(_ db: SQLiteConnection) throws -> [String: [StandingLabel]] {
        let labels = try db.rows("\(LabelTable.standing) ORDER BY id").map(StandingLabel.init)
        return Dictionary(grouping: labels, by: \.sha256)
    }

    fileprivate init(_ row: SQLiteRow) throws {
        guard let label = GivenLabel(rawValue: try row.value("label")) else { throw LedgerFault.damaged }
        try self.init(
            sha256: row.value("sha256"), label: label, by: row.value("by_whom"), at: row.value("at"),
            isFiled: row.value("is_filed"))
    }
}
