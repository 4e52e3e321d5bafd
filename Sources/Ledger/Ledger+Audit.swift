// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Hashing
internal import SQLite
package import SystemPackage
package import Verdict

/// `audit`: one row a published verdict, in the order of publication; `link` is the chain's.
enum AuditTable {
    static let definition = """
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            image INTEGER NOT NULL UNIQUE REFERENCES image (id),
            document TEXT NOT NULL,
            heatmap TEXT,
            link TEXT NOT NULL
        );
        """

    /// Makes the table, and links what was published before there was one: its heatmaps are not known any more.
    static func create(_ db: SQLiteConnection) throws {
        try db.execute(definition)
        let published = """
            SELECT id, name, sha256, verdict, published_at FROM image WHERE state = 'published' ORDER BY published_at, id
            """
        try db.forEachRow(published) { row in
            let entry = try AuditChain.Entry(
                name: ImageName(bytes: row.bytes("name")), sha256: row.value("sha256"),
                document: SHA256.hash(row.bytes("verdict")).hexadecimal, heatmap: nil,
                publishedAt: row.value("published_at"))
            try append(db, image: try row.value("id"), entry)
        }
    }

    /// Links the verdict of an image that is published in this transaction.
    static func append(_ db: SQLiteConnection, image: Int64, _ entry: AuditChain.Entry) throws {
        var chain = try head(db)
        chain.append(entry)
        try db.execute(
            "INSERT INTO audit (sequence, image, document, heatmap, link) VALUES (?, ?, ?, ?, ?)",
            [chain.length, image, entry.document, entry.heatmap, chain.head])
    }

    static func head(_ db: SQLiteConnection) throws -> AuditChain {
        // Labels have links too, in the one order; a ledger that no daemon of this version has opened yet has none.
        let tables = try ["audit", "audit_label"].filter { try db.hasTable($0) }
        let last = try tables.compactMap {
            try db.row("SELECT sequence, link FROM \($0) ORDER BY sequence DESC LIMIT 1")
        }.map { try AuditChain(head: $0.value("link"), length: $0.value("sequence")) }
        return last.max { $0.length < $1.length } ?? AuditChain()
    }
}

extension LedgerReader {
    /// One link of the chain, and what the ledger has of its verdict now.
    package struct AuditRecord: Sendable, Equatable {
        /// Counted from 1.
        package let sequence: Int
        package let entry: AuditChain.Entry
        /// As the ledger keeps it; the entry's own follows from all before.
        package let link: String
        /// SHA-256 of the document in the ledger: the entry's, unless somebody has changed it.
        package let keptDocument: String
        /// The verdict has the file named after the image; an older one has its hash in the name.
        package let isNewest: Bool
        /// What its files' names in the outbox begin with, where its own can't be had there.
        package let spelling: FilePath?
    }

    /// Whether there is a chain: a ledger gets it when the daemon or `screen` opens it.
    package func hasAudit() throws -> Bool { try database.read { try $0.hasTable("audit") } }

    /// The chain as it is now; empty where nothing was published.
    package func auditHead() throws -> AuditChain { try database.read(AuditTable.head) }

    /// A label's link, and what the ledger has of the label now.
    package struct AuditLabel: Sendable, Equatable {
        package let sequence: Int
        package let entry: AuditChain.LabelEntry
        package let link: String
        package let keptDocument: String
    }

    /// Every link in order, of verdicts and of labels; one snapshot, however long it takes.
    package func audit(
        _ body: (AuditRecord) throws -> Void, labels: (AuditLabel) throws -> Void = { _ in }
    ) throws {
        try database.read { db in
            // Few beside the verdicts.
            var waiting = try Self.auditLabels(db)[...]
            func passLabels(before sequence: Int) throws {
                while let label = waiting.first, label.sequence < sequence { try labels(waiting.removeFirst()) }
            }
            try Self.verdictLinks(db) { record in
                try passLabels(before: record.sequence)
                try body(record)
            }
            try passLabels(before: .max)
        }
    }

    private static func auditLabels(_ db: SQLiteConnection) throws -> [AuditLabel] {
        guard try db.hasTable("audit_label") else { return [] }
        return try db.rows(
            """
            SELECT label.*, sequence, document, link FROM audit_label JOIN label ON label.id = audit_label.label
                ORDER BY sequence
            """
        ).map { row in
            try AuditLabel(
                sequence: row.value("sequence"),
                entry: AuditChain.LabelEntry(sha256: row.value("sha256"), document: row.value("document")),
                link: row.value("link"), keptDocument: LabelTable.digest(row))
        }
    }

    private static func verdictLinks(_ db: SQLiteConnection, _ body: (AuditRecord) throws -> Void) throws {
        let spelling = try db.hasColumn("spelling", in: "image") ? "spelling" : "NULL AS spelling"
        let links = """
            SELECT sequence, name, sha256, document, audit.heatmap AS heatmap, published_at, link, verdict, is_newest,
                \(spelling) FROM audit JOIN image ON image.id = audit.image ORDER BY sequence
            """
        try db.forEachRow(links) { try body(AuditRecord($0)) }
    }

    /// Published verdicts that the chain does not have: there are none, unless somebody has removed their links.
    package func unlinked() throws -> [ImageName] {
        try database.read { db in
            try db.rows(
                """
                SELECT name FROM image WHERE state = 'published' AND id NOT IN (SELECT image FROM audit) ORDER BY id
                """
            ).map { try ImageName(bytes: $0.bytes("name")) }
        }
    }

    /// Contents of labels that the chain does not have: there are none, unless somebody has written them there.
    package func unlinkedLabels() throws -> [String] {
        try database.read { db in
            guard try db.hasTable("audit_label") else { return [] }
            return try db.values("SELECT sha256 FROM label WHERE id NOT IN (SELECT label FROM audit_label) ORDER BY id")
        }
    }

    /// Images whose verdicts are on their way to the outbox, and may be there already.
    package func beingPublished() throws -> [History] { try histories(where: LedgerSchema.isOnItsWay, []) }
}

extension AuditChain.Entry {
    init(of publication: Publication, for name: ImageName, publishedAt: Date) {
        self.init(
            name: name, sha256: publication.sha256, document: SHA256.hash(publication.document).hexadecimal,
            heatmap: publication.heatmap.map { SHA256.hash($0).hexadecimal }, publishedAt: publishedAt.timestamp)
    }
}

extension LedgerReader.AuditRecord {
    fileprivate init(_ row: SQLiteRow) throws {
        try self.init(
            sequence: row.value("sequence"),
            entry: AuditChain.Entry(
                name: ImageName(bytes: row.bytes("name")), sha256: row.value("sha256"), document: row.value("document"),
                heatmap: row.value("heatmap"), publishedAt: row.value("published_at")),
            link: row.value("link"), keptDocument: SHA256.hash(row.bytes("verdict")).hexadecimal,
            isNewest: row.value("is_newest"),
            spelling: row.path("spelling"))
    }
}
