// SPDX-License-Identifier: Apache-2.0
// In:  a path, and statements.
// Out: rows of values; every failure an error with SQLite's own words.
// Called by Ledger only, which knows the tables.

internal import CSQLite
internal import Synchronization
package import SystemPackage

/// A database file that any number of threads use: one connection writes, others read meanwhile, each by one thread at a time.
///
/// What is written stands in a write-ahead log (https://www.sqlite.org/wal.html), so that readers, of other processes too, go
/// on from the last commit while a transaction is under way.
package final class SQLiteDatabase: Sendable {
    private let path: FilePath
    /// Nil for a database that is only read.
    private let writer: SQLiteConnection?
    private let writing = Mutex(())
    private let idleReaders = Mutex<[SQLiteConnection]>([])

    /// What a commit waits for: https://www.sqlite.org/pragma.html#pragma_synchronous.
    package enum Durability: String, Sendable {
        /// The disk: a committed row survives a power cut.
        case full = "FULL"
        /// A power cut may take the last commits, and none in half.
        case normal = "NORMAL"
    }

    /// For a process that writes; the file is made if it is not there.
    package init(writing path: FilePath, _ durability: Durability = .full) throws {
        let connection = try SQLiteConnection(path, .writing)
        let mode: String? = try connection.value("PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw SQLiteFailure(code: SQLITE_CANTOPEN, message: "\(path) can't have a write-ahead log")
        }
        try connection.execute("PRAGMA synchronous = \(durability.rawValue); PRAGMA foreign_keys = ON")
        self.path = path
        writer = connection
    }

    /// To read while another process writes; the file must be there.
    package init(reading path: FilePath) throws {
        self.path = path
        writer = nil
        let first = try SQLiteConnection(path, .reading)
        idleReaders.withLock { $0 = [first] }
    }

    /// Reads in one snapshot.
    package func read<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
        let connection = try idleReaders.withLock { $0.popLast() } ?? SQLiteConnection(path, .reading)
        let result = try connection.transaction(.reading, body)
        // One that failed is not used again: nobody knows what state it is in.
        idleReaders.withLock { $0.append(connection) }
        return result
    }

    /// Writes all of it or nothing.
    package func write<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
        try alone { try $0.transaction(.writing, body) }
    }

    /// Uses the connection that writes outside a transaction, as some pragmas want it.
    package func withWriter<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
        try alone(body)
    }

    private func alone<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
        guard let writer else { preconditionFailure("a database that was opened for reading is not written to") }
        var outcome: Swift.Result<Result, any Error>?
        writing.withLock { _ in outcome = Swift.Result { try body(writer) } }
        guard let outcome else { preconditionFailure("a lock runs what it is given") }
        return try outcome.get()
    }

    /// Writes a copy of the whole database, as it is at one moment, into a file that nobody reads yet.
    package func copy(to path: FilePath) throws {
        let other = try SQLiteConnection(path, .writing)
        let connection = try SQLiteConnection(self.path, .reading)
        try connection.copy(to: other)
        // With a write-ahead log nobody could read it from a medium that can't be written to.
        try other.execute("PRAGMA journal_mode = DELETE")
    }
}
