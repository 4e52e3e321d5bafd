// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import SQLite
package import SystemPackage
package import Verdict

/// Reads a ledger while the daemon writes it: what `status` and `explain` tell.
package final class LedgerReader: Sendable {
    let database: SQLiteDatabase

    /// Opens a ledger to read; the file must be there.
    package init(at path: FilePath) throws {
        database = try SQLiteDatabase(reading: path)
    }

    /// One (name, content)'s way.
    package struct History: Equatable, Sendable {
        package let name: ImageName
        package let sha256: String
        /// Of the file.
        package let bytes: Int
        /// `claimed`, `judged` or `published`.
        package let state: String
        /// When the intake first knew that it was complete; this and the times below in ISO 8601, UTC.
        package let seenAt: String
        package let claimedAt: String
        package let judgedAt: String?
        package let publishedAt: String?
        package let outcome: String?
        /// P(disease); nil where the network did not judge.
        package let probability: Double?
        /// The id of the model that judged.
        package let model: String?
        /// The verdict as it was published, JSON; empty before it is judged.
        package let document: [UInt8]
        /// The verdict has the file named after the image; an older one has its hash in the name.
        package let isNewest: Bool
        /// How often it was in hand when the process crashed.
        package let crashes: Int
        package let setAsideAt: String?
        /// What its files' names in the outbox begin with, where its own can't be had there.
        package let spelling: FilePath?
    }

    /// A file that a fault of the machine holds back.
    package struct Wait: Equatable, Sendable {
        package let name: ImageName
        /// This and the next attempt in ISO 8601, UTC.
        package let since: String
        package let attempts: Int
        package let nextAttemptAt: String
        package let fault: String
    }

    /// Every content that was seen under this name, oldest first.
    package func histories(named name: ImageName) throws -> [History] {
        try histories(where: "name = ?", [name.bytes])
    }

    /// Every name under which content of this hash was seen; the hash's first digits are enough.
    package func histories(sha256 digits: String) throws -> [History] {
        try histories(where: "sha256 >= ? AND sha256 < ?", [digits, digits + "g"])
    }

    func histories(where condition: String, _ arguments: SQLiteArguments) throws -> [History] {
        try database.read { db in
            try db.rows("SELECT * FROM image WHERE \(condition) ORDER BY id", arguments)
                .map(History.init)
        }
    }

    /// What a fault of the machine holds back, longest first.
    package func waits(limit: Int = 1000) throws -> [Wait] {
        try database.read { db in
            try db.rows("SELECT * FROM wait ORDER BY since LIMIT ?", [limit]).map(Wait.init)
        }
    }

    /// Why this file waits; nil where it does not.
    package func wait(for name: ImageName) throws -> Wait? {
        try database.read { db in
            try db.row("SELECT * FROM wait WHERE name = ?", [name.bytes]).map(Wait.init)
        }
    }

    /// How many (name, content) pairs have each outcome, and how many files wait or were left alone.
    package struct Counts: Equatable, Sendable {
        /// Published verdicts, by the outcome's raw value.
        package var outcomes: [String: Int] = [:]
        /// Judged, and not yet in the outbox.
        package var unpublished = 0
        /// Files that a fault of the machine holds back.
        package var waiting = 0
        /// Files in the inbox that need no second look: screened, or no pictures.
        package var leftAlone = 0
    }

    /// Counts in one snapshot.
    package func counts() throws -> Counts {
        try database.read { db in
            var counts = Counts()
            let rows = try db.rows(
                "SELECT outcome, count(*) AS n FROM image WHERE published_at IS NOT NULL GROUP BY outcome")
            for row in rows { counts.outcomes[try row.value("outcome")] = try row.value("n") }
            counts.unpublished =
                try db.value("SELECT count(*) FROM image WHERE \(LedgerSchema.isOnItsWay)") ?? 0
            counts.waiting = try db.value("SELECT count(*) FROM wait") ?? 0
            counts.leftAlone = try db.value("SELECT count(*) FROM file WHERE is_left_alone") ?? 0
            return counts
        }
    }

    /// Writes a copy of the whole ledger as it is at one moment, while others write: https://www.sqlite.org/backup.html.
    package func copy(to path: FilePath) throws {
        try database.copy(to: path)
    }

    /// What SQLite finds wrong with the file; see https://www.sqlite.org/pragma.html#pragma_quick_check.
    package func faults() throws -> [String] {
        try database.read { db in try db.values("PRAGMA quick_check(10)").filter { $0 != "ok" } }
    }

    /// What was published since a time: verdicts of each outcome, and P(disease) where a certain model judged.
    package func figures(since time: Date, by model: String) throws -> (outcomes: [String: Int], scores: [Double]) {
        try database.read { db in
            let rows = try db.rows(
                "SELECT outcome, count(*) AS n FROM image WHERE published_at >= ? GROUP BY outcome",
                [time.timestamp])
            let scores: [Double] = try db.values(
                """
                SELECT probability FROM image WHERE published_at >= ? AND model = ? AND probability IS NOT NULL
                """,
                [time.timestamp, model])
            return (Dictionary(try rows.map { try ($0.value("outcome"), $0.value("n")) }) { $1 }, scores)
        }
    }

    /// The verdict published last.
    package func last() throws -> History? {
        try database.read { db in
            try db.row(
                "SELECT * FROM image WHERE published_at IS NOT NULL ORDER BY published_at DESC, id DESC LIMIT 1"
            ).map(History.init)
        }
    }
}

extension LedgerReader.History {
    fileprivate init(_ row: SQLiteRow) throws {
        try self.init(
            name: ImageName(bytes: row.bytes("name")), sha256: row.value("sha256"), bytes: row.value("bytes"),
            state: row.value("state"),
            seenAt: row.value("seen_at"), claimedAt: row.value("claimed_at"), judgedAt: row.value("judged_at"),
            publishedAt: row.value("published_at"), outcome: row.value("outcome"),
            probability: row.value("probability"),
            model: row.value("model"), document: row.bytes("verdict"), isNewest: row.value("is_newest"),
            // A ledger that no daemon of this version has opened yet has no such columns.
            crashes: (row.value("crashes") as Int?) ?? 0, setAsideAt: row.value("set_aside_at"),
            spelling: row.path("spelling"))
    }
}

extension LedgerReader.Wait {
    fileprivate init(_ row: SQLiteRow) throws {
        try self.init(
            name: ImageName(bytes: row.bytes("name")), since: row.value("since"), attempts: row.value("attempts"),
            nextAttemptAt: row.value("next_attempt_at"), fault: row.value("fault"))
    }
}
