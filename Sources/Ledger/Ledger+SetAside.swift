// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import SQLite
package import SystemPackage
package import Verdict

/// Images that took the process down with them: what was in hand when one ended, and what is not tried again.
///
/// `in_hand` is set when a worker takes an image and cleared when it has its judgement or goes back. An image whose bytes were
/// worked on when the process crashed, twice (`CrashNote`), is set aside: it gets no verdict, because a fault of the
/// program is not a picture's, and no third try, because all others would wait for it.
package enum SetAside {
    /// Crashes that are enough.
    package static let limit = 2

    static let columns = """
        ALTER TABLE image ADD COLUMN in_hand INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE image ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE image ADD COLUMN set_aside_at TEXT;
        CREATE INDEX image_suspect ON image (id) WHERE in_hand OR crashes > 0;
        CREATE INDEX image_set_aside ON image (sha256) WHERE set_aside_at IS NOT NULL;
        """

    /// Whether a content was set aside, under whichever name.
    static func contains(_ db: SQLiteConnection, _ sha256: String) throws -> Bool {
        try db.value(
            "SELECT EXISTS (SELECT 1 FROM image WHERE sha256 = ? AND set_aside_at IS NOT NULL)",
            [sha256]) ?? false
    }
}

extension Ledger {
    /// What the end of the process before says of the images that were in its hands.
    package struct Interruption: Equatable, Sendable {
        /// To be judged alone and last: each of them may be the one.
        package var suspects: [ImageName] = []
        /// Set aside now.
        package var setAside: [ImageName] = []

        package init(suspects: [ImageName] = [], setAside: [ImageName] = []) {
            self.suspects = suspects
            self.setAside = setAside
        }
    }

    /// Accounts for the end of the process before.
    ///
    /// - Parameter suspect: SHA-256 of the content that it may have crashed on, under whichever names it was in hand.
    package func accountForInterruption(suspect: String?, now: Date) throws -> Interruption {
        try database.write { db in
            if let suspect {
                try db.execute(
                    "UPDATE image SET crashes = crashes + 1 WHERE in_hand AND sha256 = ?", [suspect])
            }
            let setAside = try Self.names(db, "in_hand AND crashes >= \(SetAside.limit)")
            try db.execute(
                "UPDATE image SET set_aside_at = ? WHERE in_hand AND crashes >= ?",
                [now.timestamp, SetAside.limit])
            let suspects = try Self.suspects(db)
            try db.execute("UPDATE image SET in_hand = 0 WHERE in_hand")
            return Interruption(suspects: suspects, setAside: setAside)
        }
    }

    /// What may end the process: in hand when it ended before, or to be tried again.
    package func suspects() throws -> [ImageName] { try database.read(Self.suspects) }

    private static func suspects(_ db: SQLiteConnection) throws -> [ImageName] {
        try names(db, "state = 'claimed' AND set_aside_at IS NULL")
    }

    /// Those in hand or with a crash, of which the condition holds.
    private static func names(_ db: SQLiteConnection, _ condition: String) throws -> [ImageName] {
        // The index of suspects serves both: among a million rows that tells.
        try db.rows(
            "SELECT name FROM image WHERE (in_hand OR crashes > 0) AND \(condition) GROUP BY name ORDER BY id"
        ).map { try ImageName(bytes: $0.bytes("name")) }
    }

    /// Has an image that was set aside tried again, under all its names; called beside a daemon, in another process.
    ///
    /// One more crash sets it aside again.
    ///
    /// - Parameter name: nil for all that are set aside.
    /// - Returns: the names that are tried again.
    package static func retry(_ name: ImageName?, at path: FilePath) throws -> [ImageName] {
        let database = try SQLiteDatabase(writing: path)
        return try database.write { db in
            guard try LedgerSchema.isCurrent(db) else { throw LedgerFault.otherVersion }
            let condition =
                name == nil
                ? "set_aside_at IS NOT NULL"
                : """
                set_aside_at IS NOT NULL AND sha256 IN
                    (SELECT sha256 FROM image WHERE name = ? AND set_aside_at IS NOT NULL)
                """
            let arguments = SQLiteArguments(name.map { [$0.bytes] } ?? [])
            let rows = try db.rows("SELECT id, name FROM image WHERE \(condition) ORDER BY id", arguments)
            for row in rows {
                let (id, name): (Int64, [UInt8]) = try (row.value("id"), row.value("name"))
                try db.execute(
                    "UPDATE image SET set_aside_at = NULL, crashes = ? WHERE id = ?",
                    [SetAside.limit - 1, id])
                // The next look at the inbox finds it new.
                try db.execute("DELETE FROM file WHERE name = ?", [name])
            }
            return try rows.map { try ImageName(bytes: $0.bytes("name")) }
        }
    }
}

extension LedgerReader {
    /// Images that are set aside, oldest first.
    package func setAside() throws -> [ImageName] {
        guard try database.read(LedgerSchema.isCurrent) else { return [] }
        return try database.read { db in
            try db.rows(
                "SELECT name FROM image WHERE set_aside_at IS NOT NULL ORDER BY id"
            ).map { try ImageName(bytes: $0.bytes("name")) }
        }
    }
}
