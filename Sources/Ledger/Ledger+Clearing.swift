// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
package import LinuxIO
internal import SQLite
package import SystemPackage
package import Verdict

/// Images that are just being cleared away from the inbox: what a killed process leaves under a hidden name is found by this.
extension Ledger {
    /// One image that has its verdict and is to leave the inbox.
    package struct Clearing: Equatable, Sendable {
        package let name: ImageName
        /// Where the file is meanwhile, below the inbox.
        package let hidden: FilePath
        package let sha256: String
        /// The file as it was screened.
        package let file: FileSignature

        package init(name: ImageName, hidden: FilePath, sha256: String, file: FileSignature) {
            self.name = name
            self.hidden = hidden
            self.sha256 = sha256
            self.file = file
        }
    }

    static let clearingTable = """
        CREATE TABLE clearing (
            name BLOB PRIMARY KEY,
            hidden BLOB NOT NULL,
            sha256 TEXT NOT NULL,
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            changed INTEGER NOT NULL
        ) WITHOUT ROWID;
        """

    /// Notes what is about to be done, so that a crash in the middle can be put right.
    package func noteClearing(_ clearing: Clearing) throws {
        let file = clearing.file
        try database.write { db in
            try db.execute(
                "INSERT INTO clearing VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    clearing.name.bytes, clearing.hidden.bytes, clearing.sha256, Int64(bitPattern: file.device),
                    Int64(bitPattern: file.inode), file.bytes, file.modified, file.changed,
                ])
        }
    }

    /// The file has its name again, or is gone.
    package func forgetClearing(_ name: ImageName) throws {
        try database.write { try $0.execute("DELETE FROM clearing WHERE name = ?", [name.bytes]) }
    }

    /// What was begun and not finished.
    package func clearings() throws -> [Clearing] {
        try database.read { try $0.rows("SELECT * FROM clearing").map(Clearing.init) }
    }

    /// What was begun with this image and not finished; nil where nothing was.
    package func clearing(of name: ImageName) throws -> Clearing? {
        try database.read { db in
            try db.row("SELECT * FROM clearing WHERE name = ?", [name.bytes])
                .map(Clearing.init)
        }
    }
}

extension Ledger.Clearing {
    fileprivate init(_ row: SQLiteRow) throws {
        try self.init(
            name: ImageName(bytes: row.bytes("name")), hidden: FilePath(bytes: row.bytes("hidden")),
            sha256: row.value("sha256"),
            file: FileSignature(
                device: UInt64(bitPattern: row.value("device")), inode: UInt64(bitPattern: row.value("inode")),
                bytes: row.value("bytes"), modified: row.value("modified"), changed: row.value("changed")))
    }
}
