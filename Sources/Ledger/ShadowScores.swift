// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import SQLite
package import SystemPackage
package import Verdict

/// What a challenger would have said of images that the champion judged, in SQLite (`state/shadow.sqlite`).
///
/// A file of its own, beside the ledger: a score that is lost costs nothing, and a verdict must not wait for one.
package final class ShadowScores: Sendable {
    /// One image by two models.
    package struct Score: Sendable, Equatable {
        package let name: ImageName
        /// Of the file's content.
        package let sha256: String
        /// P(disease) by the model that gave the verdict.
        package let champion: Double
        /// P(disease) by the one that looked on.
        package let challenger: Double
        /// ISO 8601, UTC.
        package let at: String

        package init(name: ImageName, sha256: String, champion: Double, challenger: Double, at: String) {
            self.name = name
            self.sha256 = sha256
            self.champion = champion
            self.challenger = challenger
            self.at = at
        }
    }

    private let database: SQLiteDatabase

    /// Opens the file for the daemon, making it if it is not there.
    package init(at path: FilePath) throws {
        database = try SQLiteDatabase(writing: path, .normal)
        try Self.migrations().make(in: database)
    }

    /// Opens the file to read; it must be there.
    package init(reading path: FilePath) throws {
        database = try SQLiteDatabase(reading: path)
    }

    private static func migrations() -> SQLiteMigrations {
        var migrations = SQLiteMigrations()
        migrations.add("1 scores") { db in
            try db.execute(
                """
                CREATE TABLE score (
                    challenger TEXT NOT NULL,
                    champion TEXT NOT NULL,
                    name BLOB NOT NULL,
                    sha256 TEXT NOT NULL,
                    champion_probability REAL NOT NULL,
                    challenger_probability REAL NOT NULL,
                    at TEXT NOT NULL,
                    PRIMARY KEY (challenger, champion, name, sha256)
                ) WITHOUT ROWID;
                """)
        }
        return migrations
    }

    /// Keeps a score; one of the same image by the same two is replaced.
    package func record(_ picture: JudgedPicture, by challenger: String, _ probability: Double, at: Date) throws {
        try database.write { db in
            try db.execute(
                "INSERT OR REPLACE INTO score VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    challenger, picture.model, picture.name.bytes, picture.sha256, picture.probability, probability,
                    at.timestamp,
                ])
        }
    }

    /// Strikes the scores of challengers that are no longer in the store.
    package func forgetAll(but models: [String]) throws {
        try database.write { db in
            let known: [String] = try db.values("SELECT DISTINCT challenger FROM score")
            for gone in Set(known).subtracting(models) {
                try db.execute("DELETE FROM score WHERE challenger = ?", [gone])
            }
        }
    }

    /// What both said, oldest first.
    package func scores(of challenger: String, beside champion: String) throws -> [Score] {
        try database.read { db in
            try db.rows(
                "SELECT * FROM score WHERE challenger = ? AND champion = ? ORDER BY at, name",
                [challenger, champion]
            ).map { row in
                try Score(
                    name: ImageName(bytes: row.bytes("name")), sha256: row.value("sha256"),
                    champion: row.value("champion_probability"), challenger: row.value("challenger_probability"),
                    at: row.value("at"))
            }
        }
    }
}
