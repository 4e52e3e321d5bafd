// SPDX-License-Identifier: Apache-2.0
package import Review
internal import SQLite
package import SystemPackage
package import Verdict

/// What the ledger knows of pictures that people were asked about, counted.
extension LedgerReader {
    /// Pictures that are alike in all that is known of them, and how many of them have one answer.
    package struct ReviewCount: Sendable, Hashable {
        package let model: String
        package let outcome: String
        package let stratum: String
        /// That such a picture was put before people, 0…1.
        package let probability: Double
        /// The Monday of the week of their verdicts, `YYYY-MM-DD`, UTC.
        package let week: String
        /// Nil for all such pictures, answered or not.
        package let label: GivenLabel?
        package let pictures: Int
    }

    /// Of all pictures that were published while people were asked, and of the drawn ones with one answer.
    package func reviewCounts() throws -> [ReviewCount] {
        guard try hasReview() else { return [] }
        let cell = "model, outcome, stratum, probability, date(decided_at, 'weekday 0', '-6 days')"
        return try database.read { db in
            let rows =
                try db.rows(
                    """
                    SELECT model, outcome, stratum, probability, date(decided_at, 'weekday 0', '-6 days') AS week,
                        NULL AS label, count(*) AS n FROM review GROUP BY \(cell)
                    """)
                + db.rows(
                    """
                    SELECT review.model, review.outcome, review.stratum, review.probability,
                        date(decided_at, 'weekday 0', '-6 days') AS week, answer.label AS label, count(*) AS n
                        FROM (SELECT sha256, min(label) AS label FROM (\(LabelTable.standing))
                            GROUP BY sha256 HAVING count(*) = 1) AS answer
                        JOIN review ON review.sha256 = answer.sha256 WHERE drawn_at IS NOT NULL
                        GROUP BY review.model, review.outcome, review.stratum, review.probability, week, answer.label
                    """)
            return try rows.map(ReviewCount.init)
        }
    }

    /// A picture of which people say different things.
    package struct Disagreement: Sendable, Equatable {
        package let name: ImageName
        package let sha256: String
        package let labels: [StandingLabel]
    }

    /// Pictures of which people said different things; none before the first review.
    package func disagreements() throws -> [Disagreement] {
        guard try hasReview() else { return [] }
        return try database.read { db in
            let standing = try StandingLabel.all(db).filter { $0.value.count > 1 }
            return try standing.map { sha256, labels in
                let name = try db.row("SELECT name FROM image WHERE sha256 = ? ORDER BY id LIMIT 1", [sha256])
                return Disagreement(
                    name: ImageName(bytes: try name?.bytes("name") ?? []), sha256: sha256, labels: labels)
            }.sorted { $0.sha256 < $1.sha256 }
        }
    }

    /// How many pictures people were given, and how many of these wait for an answer.
    package func reviewProgress() throws -> (drawn: Int, waiting: Int) {
        guard try hasReview() else { return (0, 0) }
        return try database.read { db in
            let drawn = try db.value("SELECT count(*) FROM review WHERE drawn_at IS NOT NULL") ?? 0
            let answered =
                try db.value(
                    """
                    SELECT count(*) FROM review WHERE drawn_at IS NOT NULL AND sha256 IN
                        (SELECT sha256 FROM (\(LabelTable.standing)))
                    """) ?? 0
            return (drawn, drawn - answered)
        }
    }

    /// A picture that people were given and that nobody has answered.
    package struct Waiting: Sendable, Equatable {
        package let sha256: String
        /// Of the image.
        package let name: ImageName
        /// Its name in the review folder.
        package let file: FilePath
        package let reason: ReviewReason
        package let verdict: Verdict
        /// As of `History`.
        package let spelling: FilePath?
    }

    /// All of them that lie in the review folder, oldest first.
    package func waitingForAnswer() throws -> [Waiting] {
        guard try hasReview() else { return [] }
        return try database.read { db in
            try db.rows(
                """
                SELECT review.sha256, image.name, review.file, review.reason, image.verdict, image.spelling FROM review
                    JOIN image ON image.id = review.image
                    WHERE drawn_at IS NOT NULL AND file IS NOT NULL
                        AND review.sha256 NOT IN (SELECT sha256 FROM (\(LabelTable.standing)))
                    ORDER BY drawn_at, review.sha256
                """
            ).map(Waiting.init)
        }
    }

    /// Why contents were drawn: those with a label of a drawn picture.
    package func reasonsOfLabelled() throws -> [String: ReviewReason] {
        guard try hasReview() else { return [:] }
        return try database.read { db in
            let rows = try db.rows(
                "SELECT sha256, reason FROM review WHERE drawn_at IS NOT NULL AND sha256 IN (SELECT sha256 FROM label)"
            )
            return try rows.reduce(into: [:]) { reasons, row in
                let reason: String = try row.value("reason")
                guard let reason = ReviewReason(rawValue: reason) else { throw LedgerFault.damaged }
                reasons[try row.value("sha256")] = reason
            }
        }
    }

    /// A content that was screened, by name or by the first digits of its hash: the newest of that name.
    package func content(named name: ImageName) throws -> Ledger.Reviewed? {
        try database.read { db in
            try db.row(
                """
                SELECT image.sha256, image.name, image.bytes, review.file, review.device, review.inode FROM image
                    LEFT JOIN review ON review.sha256 = image.sha256
                    WHERE image.name = ? OR review.file = ? ORDER BY is_newest DESC, image.id DESC LIMIT 1
                """, [name.bytes, name.bytes]
            ).map(Ledger.Reviewed.init)
        }
    }

    /// Why a content was given to people, how probable that was, and when; nil where it was not.
    package func drawing(of sha256: String) throws -> (reason: ReviewReason, probability: Double, at: String)? {
        guard try hasReview() else { return nil }
        return try database.read { db in
            try db.row(
                "SELECT reason, probability, drawn_at FROM review WHERE sha256 = ? AND drawn_at IS NOT NULL",
                [sha256]
            ).map { row in
                guard let reason = ReviewReason(rawValue: try row.value("reason")) else { throw LedgerFault.damaged }
                return (reason, try row.value("probability"), try row.value("drawn_at"))
            }
        }
    }

    package func standingLabels(of sha256: String) throws -> [StandingLabel] {
        guard try hasReview() else { return [] }
        return try database.read { try StandingLabel.all($0)[sha256] ?? [] }
    }

    /// False for a ledger that no daemon of this version has opened yet.
    private func hasReview() throws -> Bool { try database.read { try $0.hasTable("label") } }
}

extension LedgerReader.ReviewCount {
    fileprivate init(_ row: SQLiteRow) throws {
        let text: String? = try row.value("label")
        let label = try text.map { text throws(LedgerFault) in
            guard let label = GivenLabel(rawValue: text) else { throw .damaged }
            return label
        }
        try self.init(
            model: row.value("model"), outcome: row.value("outcome"), stratum: row.value("stratum"),
            probability: row.value("probability"), week: row.value("week"),
            label: label, pictures: row.value("n"))
    }
}

extension LedgerReader.Waiting {
    fileprivate init(_ row: SQLiteRow) throws {
        let reason: String = try row.value("reason")
        guard let reason = ReviewReason(rawValue: reason), let file = try row.path("file") else {
            throw LedgerFault.damaged
        }
        do {
            verdict = try Verdict(document: row.bytes("verdict"))
        } catch is DecodingError {
            throw LedgerFault.damaged
        }
        self.reason = reason
        self.file = file
        sha256 = try row.value("sha256")
        name = try ImageName(bytes: row.bytes("name"))
        spelling = try row.path("spelling")
    }
}
