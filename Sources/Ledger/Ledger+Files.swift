// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
package import LinuxIO
internal import SQLite
package import Verdict

/// The inbox as it was last seen: what lets a rescan pass old files by.
extension Ledger {
    /// Every file that needs no second look while its signature stays the same.
    package func knownFiles() throws -> [ImageName: FileSignature] {
        try database.read(FileSignature.all)
    }

    /// Notes that a file has been dealt with: it has its verdict, or it is none of ours.
    package func remember(_ name: ImageName, _ signature: FileSignature, isLeftAlone: Bool) throws {
        try database.write { db in
            try db.execute(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    name.bytes, Int64(bitPattern: signature.device), Int64(bitPattern: signature.inode),
                    signature.bytes, signature.modified, signature.changed, isLeftAlone,
                ])
            try db.execute("DELETE FROM wait WHERE name = ?", [name.bytes])
        }
    }

    /// Forgets files that are no longer there. Their verdicts stay.
    package func forget(_ names: [ImageName]) throws {
        if names.isEmpty { return }
        try database.write { db in
            for name in names {
                try db.execute("DELETE FROM file WHERE name = ?", [name.bytes])
                try db.execute("DELETE FROM wait WHERE name = ?", [name.bytes])
            }
        }
    }

    /// Forgets a file that has been cleared away.
    package func forgetCleared(_ name: ImageName) throws {
        try database.write { db in
            for table in ["file", "wait", "clearing"] {
                try db.execute("DELETE FROM \(table) WHERE name = ?", [name.bytes])
            }
        }
    }
}

extension LedgerReader {
    /// Every file that has been dealt with.
    package func knownFiles() throws -> [ImageName: FileSignature] {
        try database.read(FileSignature.all)
    }
}

extension FileSignature {
    fileprivate static func all(_ db: SQLiteConnection) throws -> [ImageName: FileSignature] {
        var known: [ImageName: FileSignature] = [:]
        try db.forEachRow("SELECT name, device, inode, bytes, modified, changed FROM file") { row in
            known[ImageName(bytes: try row.bytes("name"))] = try FileSignature(
                device: UInt64(bitPattern: row.value("device")), inode: UInt64(bitPattern: row.value("inode")),
                bytes: row.value("bytes"), modified: row.value("modified"), changed: row.value("changed"))
        }
        return known
    }
}
