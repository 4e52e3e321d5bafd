// SPDX-License-Identifier: Apache-2.0
internal import SQLite

/// The ledger's tables. A migration that was ever released is never changed: a new one is added below it.
enum LedgerSchema {
    /// Judged, and not yet in the outbox. The first half says nothing new, but SQLite needs it to see that the index of
    /// what is unpublished holds all of these (https://www.sqlite.org/partialindex.html); among a million rows that tells.
    static let isOnItsWay = "state <> 'published' AND state = 'judged'"

    static func migrate(_ database: SQLiteDatabase) throws {
        let migrations = migrations()
        if try database.withWriter(migrations.areSuperseded) { throw LedgerFault.newerVersion }
        try migrations.make(in: database)
    }

    private static func migrations() -> SQLiteMigrations {
        var migrations = SQLiteMigrations()
        migrations.add("1 images, files, waits") { try $0.execute(firstTables) }
        // Only between a judgement and its publication: the file in the outbox is the heatmap's place.
        migrations.add("2 heatmaps") { try $0.execute("ALTER TABLE image ADD COLUMN heatmap BLOB") }
        migrations.add("3 audit chain") { try AuditTable.create($0) }
        migrations.add("4 weekly figures") { db in
            // Covers what a week's figures need: the rows themselves hold whole verdicts.
            try db.execute("CREATE INDEX image_by_publication ON image (published_at, outcome, model, probability)")
        }
        migrations.add("5 set aside") { try $0.execute(SetAside.columns) }
        migrations.add("6 clearing") { try $0.execute(Ledger.clearingTable) }
        // What the names of its files begin with, where the outbox's file system can't have the image's own name.
        migrations.add("7 spelling") { try $0.execute("ALTER TABLE image ADD COLUMN spelling BLOB") }
        migrations.add("8 review") { try $0.execute(ReviewTable.definition + LabelTable.definition) }
        migrations.add("9 exams") { try $0.execute(ExamTable.definition) }
        return migrations
    }

    /// Whether the file has just these tables: what another process than the daemon asks before it writes or reads.
    static func isCurrent(_ db: SQLiteConnection) throws -> Bool {
        let migrations = migrations()
        return try migrations.areComplete(in: db) && !migrations.areSuperseded(in: db)
    }

    /// `image`: one row a (name, content), with the verdict's document. `is_newest`: the verdict has the name's file.
    /// `file`: what lies in the inbox now and needs no second look. `wait`: what a fault of the machine holds back.
    private static let firstTables = """
        CREATE TABLE image (
            id INTEGER PRIMARY KEY,
            name BLOB NOT NULL,
            sha256 TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('claimed', 'judged', 'published')),
            seen_at TEXT NOT NULL,
            claimed_at TEXT NOT NULL,
            judged_at TEXT,
            published_at TEXT,
            outcome TEXT,
            probability REAL,
            model TEXT,
            reasons TEXT,
            verdict BLOB,
            is_newest INTEGER NOT NULL DEFAULT 0,
            UNIQUE (name, sha256)
        );
        CREATE INDEX image_by_content ON image (sha256);
        CREATE INDEX image_unpublished ON image (id) WHERE state <> 'published';
        CREATE UNIQUE INDEX image_newest ON image (name) WHERE is_newest;
        CREATE TABLE file (
            name BLOB PRIMARY KEY,
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            is_left_alone INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE wait (
            name BLOB PRIMARY KEY,
            since TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            next_attempt_at TEXT NOT NULL,
            fault TEXT NOT NULL
        ) WITHOUT ROWID;
        """
}

/// Why a ledger can't be used.
package enum LedgerFault: Error, Equatable, Sendable, CustomStringConvertible {
    case newerVersion
    /// Met beside a daemon, which alone may change the tables.
    case otherVersion
    case damaged
    /// Nothing was ever screened that is it.
    case unknownContent

    package var description: String {
        switch self {
        case .newerVersion:
            "the ledger was written by a newer fundusd; install that version again, or restore an older state folder"
        case .otherVersion:
            "the ledger was written by another version of fundusd; start this version's daemon once, and try again"
        case .damaged:
            """
            the ledger is damaged, or is no SQLite database; restore it from a backup, or move it away: then every \
            image in the inbox is screened again
            """
        case .unknownContent: "no such picture was ever screened here"
        }
    }
}
