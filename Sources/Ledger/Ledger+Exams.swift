// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import LinuxIO
internal import SQLite
package import SystemPackage
package import Verdict

/// Whose eyes published pictures show, while exams are wanted: `person` and `eye` of an image; `exam`: one row a person, due
/// where more has changed than the file in the outbox says. Counted, since another verdict may be noted while the file is
/// written. `spelling`: as an image's.
enum ExamTable {
    static let definition = """
        ALTER TABLE image ADD COLUMN person BLOB;
        ALTER TABLE image ADD COLUMN eye TEXT;
        CREATE INDEX image_by_person ON image (person) WHERE person IS NOT NULL;
        CREATE TABLE exam (
            person BLOB PRIMARY KEY,
            changes INTEGER NOT NULL,
            written INTEGER NOT NULL,
            spelling BLOB
        ) WITHOUT ROWID;
        """

    /// Notes whose eye it is, in the transaction that notes the publication: no crash comes between the two.
    static func note(_ db: SQLiteConnection, image: Int64, _ eye: EyeName) throws {
        try db.execute(
            "UPDATE image SET person = ?, eye = ? WHERE id = ?",
            [eye.person.bytes, eye.side.rawValue, image])
        try db.execute(
            """
            INSERT INTO exam (person, changes, written) VALUES (?, 1, 0)
                ON CONFLICT (person) DO UPDATE SET changes = changes + 1
            """,
            [eye.person.bytes])
    }

    /// A content has its name's file again: what stands for the eye may be another verdict.
    static func noteExchange(_ db: SQLiteConnection, _ name: ImageName) throws {
        try db.execute(
            """
            UPDATE exam SET changes = changes + 1 WHERE person =
                (SELECT person FROM image WHERE name = ? AND is_newest AND person IS NOT NULL)
            """, [name.bytes])
    }
}

/// A published verdict on a picture of one eye.
package struct EyeVerdict: Equatable, Sendable {
    package let side: EyeSide
    package let name: ImageName
    package let verdict: Verdict
    /// How the verdict's file is spelled, where the outbox can't have the image's own name.
    package let spelling: FilePath?
}

extension Ledger {
    /// Persons whose exam is to be written, and how much has changed for each so far.
    package func examsDue() throws -> [(person: ImageName, changes: Int)] {
        try database.read { db in
            try db.rows("SELECT person, changes FROM exam WHERE written < changes ORDER BY person")
                .map { try (ImageName(bytes: $0.bytes("person")), $0.value("changes")) }
        }
    }

    /// The verdicts that stand for a person's eyes: of each eye the newest that says something on it, else the newest.
    package func eyeVerdicts(of person: ImageName) throws -> [EyeVerdict] {
        try database.read { try EyeVerdict.standing($0, for: person) }
    }

    /// Notes that a person's exam is in the outbox.
    ///
    /// - Parameter changes: as `examsDue` had it before the verdicts were read; what has changed since keeps the exam due.
    package func recordExam(of person: ImageName, upTo changes: Int, spelled spelling: FilePath?) throws {
        try database.write { db in
            try db.execute(
                "UPDATE exam SET written = ?, spelling = ? WHERE person = ?",
                [changes, spelling?.bytes, person.bytes])
        }
    }
}

extension LedgerReader {
    /// Every person with an exam, how its file is spelled, and whether it is just being written.
    package func exams() throws -> [(person: ImageName, spelling: FilePath?, isDue: Bool)] {
        guard try database.read({ try $0.hasTable("exam") }) else { return [] }
        return try database.read { db in
            try db.rows("SELECT person, spelling, written < changes AS is_due FROM exam ORDER BY person")
                .map {
                    try (ImageName(bytes: $0.bytes("person")), $0.path("spelling"), $0.value("is_due"))
                }
        }
    }

    package func eyeVerdicts(of person: ImageName) throws -> [EyeVerdict] {
        try database.read { try EyeVerdict.standing($0, for: person) }
    }
}

extension EyeVerdict {
    fileprivate static func standing(_ db: SQLiteConnection, for person: ImageName) throws -> [EyeVerdict] {
        let rows = try db.rows(
            """
            SELECT name, eye, verdict, spelling FROM image WHERE person = ? AND state = 'published' AND is_newest
                ORDER BY published_at DESC, id DESC
            """, [person.bytes])
        let all = try rows.map(EyeVerdict.init)
        return EyeSide.allCases.compactMap { side in
            let ofEye = all.filter { $0.side == side }
            return ofEye.first { [.disease, .normal].contains($0.verdict.outcome) } ?? ofEye.first
        }
    }

    private init(_ row: SQLiteRow) throws {
        let eye: String = try row.value("eye")
        guard let side = EyeSide(rawValue: eye) else { throw LedgerFault.damaged }
        self.side = side
        name = try ImageName(bytes: row.bytes("name"))
        do {
            verdict = try Verdict(document: row.bytes("verdict"))
        } catch is DecodingError {
            throw LedgerFault.damaged
        }
        spelling = try row.path("spelling")
    }
}
