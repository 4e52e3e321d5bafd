// SPDX-License-Identifier: Apache-2.0
internal import CSQLite
internal import SystemPackage

/// A connection to one database file, for one thread at a time: `SQLiteDatabase` sees to that, and so it may go from one to another.
@safe package final class SQLiteConnection: @unchecked Sendable {
    let handle: OpaquePointer

    /// How a file is opened.
    enum Access {
        /// The file must be there.
        case reading
        /// The file is made if it is not there.
        case writing
    }

    /// Milliseconds that one connection waits for another's transaction.
    private static let patience: CInt = 5000

    init(_ path: FilePath, _ access: Access) throws(SQLiteFailure) {
        let flags = access == .reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        var handle: OpaquePointer?
        let code = unsafe path.withPlatformString {
            unsafe sqlite3_open_v2($0, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
        }
        guard code == SQLITE_OK, let handle = unsafe handle else {
            // Even a failed opening leaves something to close.
            defer { unsafe sqlite3_close_v2(handle) }
            throw unsafe .last(of: handle, code, nil)
        }
        unsafe self.handle = handle
        unsafe sqlite3_busy_timeout(handle, Self.patience)
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    // MARK: Statements

    /// Runs all statements of a text; the arguments are the first one's.
    package func execute(_ sql: String, _ arguments: SQLiteArguments = []) throws {
        var waiting = arguments
        try forEachStatement(of: sql) { statement in
            try statement.bind(waiting)
            waiting = []
            while try statement.step() {}
        }
    }

    /// Hands out the rows of an answer one by one.
    package func forEachRow(
        _ sql: String, _ arguments: SQLiteArguments = [], _ body: (SQLiteRow) throws -> Void
    ) throws {
        try forEachStatement(of: sql) { statement in
            try statement.bind(arguments)
            var names: [String] = []
            while try statement.step() {
                // Known now: the first step compiles the statement again where another process has changed the tables.
                if names.isEmpty { names = statement.columns }
                try body(statement.row(named: names))
            }
        }
    }

    package func rows(_ sql: String, _ arguments: SQLiteArguments = []) throws -> [SQLiteRow] {
        var rows: [SQLiteRow] = []
        try forEachRow(sql, arguments) { rows.append($0) }
        return rows
    }

    /// The first row; nil where there is none.
    package func row(_ sql: String, _ arguments: SQLiteArguments = []) throws -> SQLiteRow? {
        var first: SQLiteRow?
        try forEachStatement(of: sql) { statement in
            try statement.bind(arguments)
            if try statement.step() { first = try statement.row(named: statement.columns) }
        }
        return first
    }

    /// The first column of every row.
    package func values<Value: SQLiteConvertible>(
        _ sql: String, _ arguments: SQLiteArguments = []
    ) throws -> [Value] {
        try rows(sql, arguments).map { try $0.first() }
    }

    /// The first column of the first row; nil where there is none.
    package func value<Value: SQLiteConvertible>(
        _ sql: String, _ arguments: SQLiteArguments = []
    ) throws -> Value? {
        try row(sql, arguments).map { try $0.first() }
    }

    private func forEachStatement(of sql: String, _ body: (borrowing SQLiteStatement) throws -> Void) throws {
        let text = Array(sql.utf8CString)
        try unsafe text.withUnsafeBufferPointer { characters in
            guard var rest = characters.baseAddress else { return }
            while let statement = try unsafe SQLiteStatement.compile(&rest, for: handle, text: sql) {
                try body(statement)
            }
        }
    }

    // MARK: What is known

    /// Rows that the last INSERT, UPDATE or DELETE changed.
    package var changes: Int { unsafe Int(sqlite3_changes64(handle)) }
    package var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    package func hasTable(_ name: String) throws -> Bool {
        try value("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?)", [name]) ?? false
    }

    package func hasColumn(_ name: String, in table: String) throws -> Bool {
        try value("SELECT EXISTS (SELECT 1 FROM pragma_table_info(?) WHERE name = ?)", [table, name]) ?? false
    }

    // MARK: Transactions

    /// How a transaction begins: https://www.sqlite.org/lang_transaction.html.
    enum Transaction: String {
        /// One snapshot, from the first read on.
        case reading = "BEGIN DEFERRED"
        /// Waits for its turn to write at once: one that read first could not go on after another's commit.
        case writing = "BEGIN IMMEDIATE"
    }

    /// All of it or nothing.
    func transaction<Result>(_ kind: Transaction, _ body: (SQLiteConnection) throws -> Result) throws -> Result {
        // What the one before could not undo.
        try rollBack()
        try execute(kind.rawValue)
        do {
            let result = try body(self)
            try execute("COMMIT")
            return result
        } catch {
            // The first error says what happened. A rollback that fails as well is tried again by the next transaction.
            _ = Swift.Result { try rollBack() }
            throw error
        }
    }

    /// Undoes a transaction that is under way.
    ///
    /// SQLite may have done so by itself, as where the disk is full: https://www.sqlite.org/c3ref/get_autocommit.html.
    private func rollBack() throws {
        if unsafe sqlite3_get_autocommit(handle) == 0 { try execute("ROLLBACK") }
    }

    /// Copies the whole database at one moment, while others write: https://www.sqlite.org/backup.html.
    func copy(to other: SQLiteConnection) throws(SQLiteFailure) {
        guard let backup = unsafe sqlite3_backup_init(other.handle, "main", handle, "main") else {
            throw unsafe .last(of: other.handle, sqlite3_errcode(other.handle), nil)
        }
        let code = unsafe sqlite3_backup_step(backup, -1)
        unsafe sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE else {
            throw SQLiteFailure(code: code, message: unsafe String(cString: sqlite3_errstr(code)))
        }
    }
}
