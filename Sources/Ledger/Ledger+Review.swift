// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import LinuxIO
package import Review
internal import SQLite
package import SystemPackage
package import Verdict

/// `review`: one row a content that was published while people are asked, drawn or not: with all of them the answers can be
/// weighted. `drawn_at` is null where it was not drawn; `file` is its name in the review folder, once it was put there.
enum ReviewTable {
    static let definition = """
        CREATE TABLE review (
            sha256 TEXT PRIMARY KEY,
            image INTEGER NOT NULL REFERENCES image (id),
            outcome TEXT NOT NULL,
            model TEXT NOT NULL,
            stratum TEXT NOT NULL,
            probability REAL NOT NULL,
            decided_at TEXT NOT NULL,
            reason TEXT,
            drawn_at TEXT,
            file BLOB,
            device INTEGER,
            inode INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX review_drawn ON review (drawn_at, reason) WHERE drawn_at IS NOT NULL;
        CREATE INDEX review_cells ON review (model, outcome, stratum, probability, decided_at);
        """

    /// Decides of a content that is published in this transaction, once whatever its names are.
    static func decide(
        _ db: SQLiteConnection, image: Int64, sha256: String, _ question: ReviewQuestion, now: Date
    ) throws {
        if try db.value("SELECT EXISTS (SELECT 1 FROM review WHERE sha256 = ?)", [sha256]) == true {
            return
        }
        let decision = question.plan.decision(for: sha256, question.finding, drawnToday: try drawn(db, on: now))
        try db.execute(
            """
            INSERT INTO review (sha256, image, outcome, model, stratum, probability, decided_at, reason, drawn_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                sha256, image, question.outcome.rawValue, question.model, decision.stratum.rawValue,
                decision.probability, now.timestamp, decision.reason?.rawValue,
                decision.reason == nil ? nil : now.timestamp,
            ])
    }

    /// What was drawn on the day of a time, UTC.
    static func drawn(_ db: SQLiteConnection, on now: Date) throws -> ReviewPlan.Drawn {
        let day = String(now.timestamp.prefix(10))
        let rows = try db.rows("SELECT reason, count(*) AS n FROM review WHERE drawn_at >= ? GROUP BY reason", [day])
        var drawn = ReviewPlan.Drawn()
        for row in rows {
            let (reason, count): (String, Int) = try (row.value("reason"), row.value("n"))
            if ReviewReason(rawValue: reason)?.isUnbiased == true {
                drawn.unbiased += count
            } else {
                drawn.chosen += count
            }
        }
        return drawn
    }
}

extension Ledger {
    /// The name under which a content is to be put into the review folder; nil where it was not drawn, is there, or has an answer.
    ///
    /// That of the picture that was drawn: a kill between the file and its note must end in the same file, whichever of its
    /// names comes by next.
    package func nameToBePutForReview(_ sha256: String) throws -> ImageName? {
        try database.read { db in
            try db.row(
                """
                SELECT image.name FROM review JOIN image ON image.id = review.image
                    WHERE review.sha256 = ? AND drawn_at IS NOT NULL AND file IS NULL
                    AND NOT EXISTS (SELECT 1 FROM label WHERE label.sha256 = review.sha256)
                """, [sha256]
            ).map { try ImageName(bytes: $0.bytes("name")) }
        }
    }

    /// Notes under which name a content lies in the review folder, and which file that is.
    package func recordPutForReview(_ sha256: String, as file: FilePath, _ signature: FileSignature) throws {
        try database.write { db in
            try db.execute(
                "UPDATE review SET file = ?, device = ?, inode = ? WHERE sha256 = ?",
                [
                    file.bytes, Int64(bitPattern: signature.device), Int64(bitPattern: signature.inode), sha256,
                ])
        }
    }

    /// The file that was put there is no longer there: another may get its inode number.
    package func forgetPutFile(_ sha256: String) throws {
        try database.write { db in
            try db.execute("UPDATE review SET device = NULL, inode = NULL WHERE sha256 = ?", [sha256])
        }
    }

    /// A challenger says otherwise of a content than its verdict.
    ///
    /// - Returns: whether a person is to look at it who was not to before.
    package func recordDisagreement(_ sha256: String, _ plan: ReviewPlan, now: Date) throws -> Bool {
        try database.write { db in
            guard
                let row = try db.row("SELECT stratum, probability, reason FROM review WHERE sha256 = ?", [sha256]),
                let stratum = ReviewReason(rawValue: try row.value("stratum"))
            else { return false }
            let reason: String? = try row.value("reason")
            let before = ReviewDecision(
                stratum: stratum, probability: try row.value("probability"),
                reason: reason.flatMap(ReviewReason.init(rawValue:)))
            let drawn = try ReviewTable.drawn(db, on: now)
            guard let after = plan.decisionOnDisagreement(after: before, drawnToday: drawn) else { return false }
            try db.execute(
                """
                UPDATE review SET stratum = ?, probability = ?, reason = ?, drawn_at = coalesce(drawn_at, ?)
                    WHERE sha256 = ?
                """,
                [
                    after.stratum.rawValue, after.probability, after.reason?.rawValue, now.timestamp, sha256,
                ])
            return before.reason == nil
        }
    }

    /// A content that people were given, or of which somebody said something.
    package struct Reviewed: Sendable, Equatable {
        package let sha256: String
        package let name: ImageName
        package let bytes: Int
        /// Its name in the review folder, and the file that was put there.
        package let file: FilePath?
        package let device: UInt64?
        package let inode: UInt64?
    }

    /// All of them.
    package func reviewed() throws -> [Reviewed] { try database.read(Reviewed.all) }
}

extension Ledger.Reviewed {
    static func all(_ db: SQLiteConnection) throws -> [Self] {
        try db.rows(
            """
            SELECT image.sha256, image.name, image.bytes, review.file, review.device, review.inode FROM image
                LEFT JOIN review ON review.sha256 = image.sha256
                WHERE image.sha256 IN (SELECT sha256 FROM review WHERE drawn_at IS NOT NULL UNION SELECT sha256 FROM label)
                GROUP BY image.sha256 ORDER BY image.id
            """
        ).map(Self.init)
    }

    init(_ row: SQLiteRow) throws {
        let (device, inode): (Int64?, Int64?) = try (row.value("device"), row.value("inode"))
        try self.init(
            sha256: row.value("sha256"), name: ImageName(bytes: row.bytes("name")), bytes: row.value("bytes"),
            file: row.path("file"), device: device.map(UInt64.init(bitPattern:)),
            inode: inode.map(UInt64.init(bitPattern:)))
    }

    /// Whether a file is the one that was put into the review folder, under whichever name.
    package func isPutFile(_ signature: FileSignature) -> Bool {
        device == signature.device && inode == signature.inode
    }
}
