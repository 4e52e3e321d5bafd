// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import GRDB
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

    private let database: any DatabaseWriter

    /// Opens the file for the daemon, making it if it is not there.
    package init(at path: FilePath) throws {
        let pool = try SQLiteFile.writing(path, label: "shadow")
        try Self.migrator().migrate(pool)
        database = pool
    }

    /// Opens the file to read; it must be there.
    package init(reading path: FilePath) throws {
        database = try SQLiteFile.reading(path)
    }

    private static func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 scores") { db in
            try db.execute(
                sql: """
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
        return migrator
    }

    /// Keeps a score; one of the same image by the same two is replaced.
    package func record(_ picture: JudgedPicture, by challenger: String, _ probability: Double, at: Date) throws {
        try database.write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO score VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    challenger, picture.model, picture.name.data, picture.sha256, picture.probability, probability,
                    at.timestamp,
                ])
        }
    }

    /// Strikes the scores of challengers that are no longer in the store.
    package func forgetAll(but models: [String]) throws {
        try database.write { db in
            let known = try String.fetchAll(db, sql: "SELECT DISTINCT challenger FROM score")
            for gone in Set(known).subtracting(models) {
                try db.execute(sql: "DELETE FROM score WHERE challenger = ?", arguments: [gone])
            }
        }
    }

    /// What both said, oldest first.
    package func scores(of challenger: String, beside champion: String) throws -> [Score] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM score WHERE challenger = ? AND champion = ? ORDER BY at, name",
                arguments: [challenger, champion]
            ).map { row in
                try Score(
                    name: ImageName(bytes: row.bytes("name")), sha256: row.value("sha256"),
                    champion: row.value("champion_probability"), challenger: row.value("challenger_probability"),
                    at: row.value("at"))
            }
        }
    }
}
