// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import LinuxIO
internal import SQLite
internal import Synchronization
package import SystemPackage
package import Verdict

/// Remembers which content was seen under which name and what became of it, in SQLite (`state/ledger.sqlite`).
///
/// Order of one verdict: row `claimed` → row `judged`, with the document → file published → row `published`. After a
/// crash at any point the restart finds the row and goes on from there, with the same bytes.
///
/// SQLite runs in WAL mode, so that `status` and `explain` read while the daemon writes, and with `synchronous=FULL`:
/// a committed row survives a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous).
package final class Ledger: Sendable {
    let database: SQLiteDatabase
    /// SQLite's count of other processes' transactions, as last seen.
    private let othersVersion: Mutex<Int>

    /// Opens the ledger for the one process that writes to it, making it if it is not there.
    ///
    /// - Throws: `LedgerFault` where trying again can't help, else what SQLite says.
    package init(at path: FilePath) throws {
        do {
            let database = try Self.open(path)
            othersVersion = Mutex(try database.withWriter(Self.othersVersion))
            self.database = database
        } catch let failure as SQLiteFailure where failure.isDamage {
            throw LedgerFault.damaged
        }
    }

    private static func open(_ path: FilePath) throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(writing: path)
        try LedgerSchema.migrate(database)
        // Where a file can't be opened for writing just now, SQLite opens it for reading and stays with that, though the
        // disk be mended a moment later. This changes nothing, so that a full disk is no hindrance.
        try database.write { try $0.execute("DELETE FROM wait WHERE 0") }
        return database
    }

    /// Does something if another process has written since it was last done without a fault: where it throws, it is done again
    /// the next time.
    ///
    /// - Returns: what it returned; nil where nobody wrote.
    package func ifWrittenByOthers<Result>(_ body: () throws -> Result) throws -> Result? {
        let version = try database.withWriter(Self.othersVersion)
        if othersVersion.withLock({ $0 == version }) { return nil }
        let result = try body()
        othersVersion.withLock { $0 = version }
        return result
    }

    /// A connection's own transactions don't change it (https://www.sqlite.org/pragma.html#pragma_data_version), and the
    /// one that writes here is always the same.
    private static func othersVersion(_ db: SQLiteConnection) throws -> Int {
        try db.value("PRAGMA data_version") ?? 0
    }

    // MARK: The way of one image

    /// What is known of a (name, content) when a worker takes it.
    package enum Claim: Equatable, Sendable {
        /// Nothing, or a worker was interrupted while judging it: judge it now.
        case toBeJudged
        /// It was judged: its verdict is in the outbox, or in `unpublished`.
        case judged
        /// It was judged, and another content's verdict has the name's file since.
        case superseded
        /// Its content crashed the process: it is not to be touched.
        case setAside
    }

    /// Claims a (name, content) for judging.
    package func claim(_ name: ImageName, _ content: ImageContent, receivedAt: Date, now: Date) throws -> Claim {
        try database.write { db in
            let row = try db.row(
                "SELECT state, is_newest FROM image WHERE name = ? AND sha256 = ?",
                [name.bytes, content.sha256])
            if let state: String = try row?.value("state"), state != "claimed" {
                let isNewest: Bool? = try row?.value("is_newest")
                return state == "published" && isNewest == false ? .superseded : .judged
            }
            let isSetAside = try SetAside.contains(db, content.sha256)
            try db.execute(
                """
                INSERT INTO image (name, sha256, bytes, state, seen_at, claimed_at, in_hand, set_aside_at)
                    VALUES (?, ?, ?, 'claimed', ?, ?, ?, ?)
                ON CONFLICT (name, sha256) DO UPDATE SET claimed_at = excluded.claimed_at, in_hand = excluded.in_hand,
                    set_aside_at = coalesce(set_aside_at, excluded.set_aside_at)
                """,
                [
                    name.bytes, content.sha256, content.byteCount, receivedAt.timestamp, now.timestamp, !isSetAside,
                    isSetAside ? now.timestamp : nil,
                ])
            return isSetAside ? .setAside : .toBeJudged
        }
    }

    /// Keeps a verdict and its heatmap, before anybody can see them.
    package func recordJudgement(
        _ name: ImageName, _ verdict: Verdict, _ publication: Publication, now: Date
    ) throws {
        try database.write { db in
            try db.execute(
                """
                UPDATE image SET state = 'judged', in_hand = 0, crashes = 0, judged_at = ?, outcome = ?, probability = ?, model = ?,
                    reasons = ?, verdict = ?, heatmap = ? WHERE name = ? AND sha256 = ?
                """,
                [
                    now.timestamp, verdict.outcome.rawValue, verdict.probability.value, verdict.model.id,
                    verdict.reasons.map(\.code).joined(separator: " "), publication.document,
                    publication.heatmap, name.bytes, publication.sha256,
                ])
        }
    }

    /// Notes that the verdict's file is in the outbox, and links it into the audit chain. Its heatmap is there too and is
    /// kept here no longer.
    ///
    /// - Parameters:
    ///   - question: whether a person is to look at the picture; nil where nobody is asked.
    ///   - eye: whose eye it shows; nil where that is not known, or no exams are wanted.
    package func recordPublication(
        _ name: ImageName, _ publication: Publication, asking question: ReviewQuestion?, of eye: EyeName? = nil,
        now: Date
    ) throws {
        let entry = AuditChain.Entry(of: publication, for: name, publishedAt: now)
        try database.write { db in
            let judged: Int64? = try db.value(
                "SELECT id FROM image WHERE name = ? AND sha256 = ? AND state = 'judged'",
                [name.bytes, publication.sha256])
            // Noted before: its time is in the chain and stays.
            guard let judged else { return }
            try db.execute(
                "UPDATE image SET is_newest = 0 WHERE name = ? AND is_newest", [name.bytes])
            try db.execute(
                """
                UPDATE image SET state = 'published', published_at = ?, is_newest = 1, heatmap = NULL
                    WHERE name = ? AND sha256 = ?
                """,
                [now.timestamp, name.bytes, publication.sha256])
            try db.execute("DELETE FROM wait WHERE name = ?", [name.bytes])
            try AuditTable.append(db, image: judged, entry)
            if let eye { try ExamTable.note(db, image: judged, eye) }
            guard let question else { return }
            try ReviewTable.decide(db, image: judged, sha256: publication.sha256, question, now: now)
        }
    }

    package func recordPublication(_ name: ImageName, _ publication: Publication, now: Date) throws {
        try recordPublication(name, publication, asking: nil, now: now)
    }

    /// The published verdict that an image's name stands for now.
    package func newestPublished(_ name: ImageName) throws -> Publication? {
        try database.read { db in
            try db.row(
                "SELECT sha256, verdict, spelling FROM image WHERE name = ? AND is_newest",
                [name.bytes]
            ).map {
                try Publication(
                    sha256: $0.value("sha256"), document: $0.bytes("verdict"), spelling: $0.path("spelling"))
            }
        }
    }

    /// A verdict that was published, and the SHA-256 of the heatmap that was published with it.
    package func published(
        _ name: ImageName, sha256: String
    ) throws -> (publication: Publication, heatmapDigest: String?)? {
        try database.read { db in
            try db.row(
                """
                SELECT verdict, spelling, audit.heatmap AS digest FROM image JOIN audit ON audit.image = image.id
                    WHERE name = ? AND sha256 = ?
                """,
                [name.bytes, sha256]
            ).map { row in
                let spelling = try row.path("spelling")
                return try (
                    Publication(sha256: sha256, document: row.bytes("verdict"), spelling: spelling), row.value("digest")
                )
            }
        }
    }

    /// Notes how an image's name is spelled in the outbox, before a file is there.
    package func recordSpelling(_ name: ImageName, sha256: String, _ spelling: FilePath?) throws {
        try database.write { db in
            try db.execute(
                "UPDATE image SET spelling = ? WHERE name = ? AND sha256 = ?",
                [spelling?.bytes, name.bytes, sha256])
        }
    }

    /// A verdict has its name's file again.
    package func makeNewest(_ name: ImageName, sha256: String, spelled spelling: FilePath? = nil) throws {
        try database.write { db in
            try db.execute("UPDATE image SET is_newest = 0 WHERE name = ? AND is_newest", [name.bytes])
            try db.execute(
                "UPDATE image SET is_newest = 1, spelling = ? WHERE name = ? AND sha256 = ?",
                [spelling?.bytes, name.bytes, sha256])
            try ExamTable.noteExchange(db, name)
        }
    }

    /// Names whose verdicts a crash or a fault kept from the outbox, oldest first.
    package func namesToBePublished() throws -> [ImageName] {
        try database.read { db in
            try db.rows(
                "SELECT name FROM image WHERE \(LedgerSchema.isOnItsWay) GROUP BY name ORDER BY min(id)"
            ).map { try ImageName(bytes: $0.bytes("name")) }
        }
    }

    /// A name's verdicts that are not yet in the outbox, oldest first.
    package func unpublished(_ name: ImageName) throws -> [Publication] {
        try database.read { db in
            try db.rows(
                "SELECT * FROM image WHERE name = ? AND state = 'judged' ORDER BY id",
                [name.bytes]
            ).map { row in
                try Publication(
                    sha256: row.value("sha256"), document: row.bytes("verdict"), heatmap: row.value("heatmap"),
                    spelling: row.path("spelling"))
            }
        }
    }

    /// Strikes all that is noted of waiting files: back-off is counted in memory, so a new process tries each at once.
    package func forgetWaits() throws {
        try database.write { try $0.execute("DELETE FROM wait") }
    }

    /// Notes that a fault of the machine holds a file back, and that it is in nobody's hands.
    package func recordWait(_ name: ImageName, fault: String, attempts: Int, next: Date, now: Date) throws {
        try database.write { db in
            try db.execute(
                """
                INSERT INTO wait (name, since, attempts, next_attempt_at, fault) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET attempts = excluded.attempts,
                    next_attempt_at = excluded.next_attempt_at, fault = excluded.fault
                """,
                [name.bytes, now.timestamp, attempts, next.timestamp, fault])
            try db.execute("UPDATE image SET in_hand = 0 WHERE name = ? AND in_hand", [name.bytes])
        }
    }
}

extension SQLiteRow {
    /// A column's value.
    ///
    /// - Throws: `LedgerFault.damaged` where it is of another type or not there; nil instead where that is possible.
    func value<Value: SQLiteConvertible>(_ column: String) throws(LedgerFault) -> Value {
        do { return try decode(column) } catch { throw .damaged }
    }

    /// A BLOB column's bytes; none for NULL. Names are kept so: a TEXT column would not keep bytes that are no UTF-8.
    func bytes(_ column: String) throws -> [UInt8] {
        let bytes: [UInt8]? = try value(column)
        return bytes ?? []
    }

    /// A BLOB column as a path; nil for NULL, and where there is no such column yet.
    func path(_ column: String) throws -> FilePath? {
        let bytes: [UInt8]? = try value(column)
        return bytes.map { FilePath(bytes: $0) }
    }
}
