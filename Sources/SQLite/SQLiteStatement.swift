// SPDX-License-Identifier: Apache-2.0
internal import CSQLite

/// A statement that SQLite has compiled: https://www.sqlite.org/c3ref/stmt.html.
@safe struct SQLiteStatement: ~Copyable {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private let text: String

    /// Compiles the first statement of a text.
    ///
    /// - Parameters:
    ///   - rest: where the next one begins.
    ///   - text: the whole, for what is said of a failure.
    /// - Returns: nil where only space and comments are left.
    static func compile(
        _ rest: inout UnsafePointer<CChar>, for connection: OpaquePointer, text: String
    ) throws(SQLiteFailure) -> SQLiteStatement? {
        var handle: OpaquePointer?
        var end: UnsafePointer<CChar>?
        let code = unsafe sqlite3_prepare_v3(connection, rest, -1, 0, &handle, &end)
        guard code == SQLITE_OK else { throw unsafe .last(of: connection, code, text) }
        unsafe rest = end ?? rest
        guard let handle = unsafe handle else { return nil }
        return unsafe SQLiteStatement(handle: handle, connection: connection, text: text)
    }

    private init(handle: OpaquePointer, connection: OpaquePointer, text: String) {
        unsafe self.handle = handle
        unsafe self.connection = connection
        self.text = text
    }

    deinit { unsafe sqlite3_finalize(handle) }

    func bind(_ arguments: SQLiteArguments) throws(SQLiteFailure) {
        let expected = unsafe Int(sqlite3_bind_parameter_count(handle))
        guard arguments.count == expected else {
            throw SQLiteFailure(
                code: SQLITE_RANGE, message: "\(arguments.count) arguments in place of \(expected)", statement: text)
        }
        for (place, argument) in zip(CInt(1)..., arguments) {
            let code = bind(argument?.sqliteValue ?? .null, at: place)
            guard code == SQLITE_OK else { throw unsafe .last(of: connection, code, text) }
        }
    }

    private func bind(_ value: SQLiteValue, at place: CInt) -> CInt {
        switch value {
        case .null: unsafe sqlite3_bind_null(handle, place)
        case .integer(let number): unsafe sqlite3_bind_int64(handle, place, number)
        case .real(let number): unsafe sqlite3_bind_double(handle, place, number)
        case .text(let text):
            unsafe text.utf8CString.withUnsafeBufferPointer {
                // Without the NUL at its end.
                unsafe fundusd_bind_text(handle, place, $0.baseAddress, UInt64($0.count - 1))
            }
        // Bytes at no address would be NULL.
        case .blob(let bytes) where bytes.isEmpty: unsafe sqlite3_bind_zeroblob(handle, place, 0)
        case .blob(let bytes):
            unsafe bytes.withUnsafeBytes { unsafe fundusd_bind_blob(handle, place, $0.baseAddress, UInt64($0.count)) }
        }
    }

    /// Runs on to the next row.
    ///
    /// - Returns: whether there is one.
    func step() throws(SQLiteFailure) -> Bool {
        let code = unsafe sqlite3_step(handle)
        guard code == SQLITE_ROW || code == SQLITE_DONE else { throw unsafe .last(of: connection, code, text) }
        return code == SQLITE_ROW
    }

    /// The names of the answer's columns.
    var columns: [String] {
        let count = unsafe sqlite3_column_count(handle)
        return (0..<count).map { column in
            unsafe sqlite3_column_name(handle, column).map { unsafe String(cString: $0) } ?? ""
        }
    }

    /// The row that the last step came to.
    func row(named names: [String]) throws(SQLiteFailure) -> SQLiteRow {
        var values: [SQLiteValue] = []
        values.reserveCapacity(names.count)
        for column in names.indices { values.append(try value(CInt(column))) }
        return SQLiteRow(names: names, values: values)
    }

    private func value(_ column: CInt) throws(SQLiteFailure) -> SQLiteValue {
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer(unsafe sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: .real(unsafe sqlite3_column_double(handle, column))
        case SQLITE_TEXT: .text(try text(column))
        case SQLITE_BLOB: .blob(unsafe bytes(at: sqlite3_column_blob(handle, column), column))
        default: .null
        }
    }

    private func text(_ column: CInt) throws(SQLiteFailure) -> String {
        let bytes = unsafe bytes(at: UnsafeRawPointer(sqlite3_column_text(handle, column)), column)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SQLiteFailure(
                code: SQLITE_MISMATCH, message: "column \(column) holds text that is no UTF-8", statement: text)
        }
        return text
    }

    /// - Parameter start: asked for before the count, as SQLite wants it.
    private func bytes(at start: UnsafeRawPointer?, _ column: CInt) -> [UInt8] {
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }
}

extension SQLiteFailure {
    /// What a connection says of its last call.
    @unsafe static func last(of connection: OpaquePointer?, _ code: CInt, _ statement: String?) -> SQLiteFailure {
        let message = unsafe String(cString: connection == nil ? sqlite3_errstr(code) : sqlite3_errmsg(connection))
        return SQLiteFailure(code: code, message: message, statement: statement)
    }
}
