// SPDX-License-Identifier: Apache-2.0
internal import CSQLite

/// One row of an answer, copied out of SQLite's memory.
package struct SQLiteRow: Sendable {
    private let names: [String]
    private let values: [SQLiteValue]

    init(names: [String], values: [SQLiteValue]) {
        self.names = names
        self.values = values
    }

    /// A column's value; a column that is not there is NULL, as in a file of an older version. Of two of one name, the first's.
    ///
    /// - Throws: `SQLiteFailure` where it holds something else.
    package func decode<Value: SQLiteConvertible>(_ column: String) throws(SQLiteFailure) -> Value {
        let kept = names.firstIndex(of: column).map { values[$0] } ?? .null
        guard let value = Value(kept) else {
            throw SQLiteFailure(code: SQLITE_MISMATCH, message: "column \(column) holds no \(Value.self)")
        }
        return value
    }

    /// The first column's value.
    func first<Value: SQLiteConvertible>() throws(SQLiteFailure) -> Value { try decode(names.first ?? "") }
}
