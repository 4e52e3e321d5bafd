// SPDX-License-Identifier: Apache-2.0
internal import CSQLite

/// What SQLite could not do, in its own words.
package struct SQLiteFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The primary result code: https://www.sqlite.org/rescode.html.
    package let code: CInt
    package let message: String
    /// What was asked for; nil where no statement was.
    package let statement: String?

    package init(code: CInt, message: String, statement: String? = nil) {
        self.code = code & 0xFF
        self.message = message
        self.statement = statement
    }

    /// The file is no database, or one whose pages contradict each other: trying again can't help.
    package var isDamage: Bool { code == SQLITE_NOTADB || code == SQLITE_CORRUPT }

    package var description: String {
        let asked = statement.map { " - while executing `\($0)`" } ?? ""
        return "SQLite error \(code): \(message)\(asked)"
    }
}
