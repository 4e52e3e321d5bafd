// SPDX-License-Identifier: Apache-2.0

/// What a column holds: https://www.sqlite.org/datatype3.html.
package enum SQLiteValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A type whose values SQLite can keep.
package protocol SQLiteConvertible {
    var sqliteValue: SQLiteValue { get }
    /// Nil where the column holds something that is no such value.
    init?(_ value: SQLiteValue)
}

/// What a statement's question marks stand for, in their order; nil is NULL.
package typealias SQLiteArguments = [(any SQLiteConvertible)?]

extension Int64: SQLiteConvertible {
    package var sqliteValue: SQLiteValue { .integer(self) }

    package init?(_ value: SQLiteValue) {
        guard case .integer(let number) = value else { return nil }
        self = number
    }
}

extension Int: SQLiteConvertible {
    package var sqliteValue: SQLiteValue { .integer(Int64(self)) }

    package init?(_ value: SQLiteValue) {
        guard case .integer(let number) = value else { return nil }
        self.init(exactly: number)
    }
}

extension Bool: SQLiteConvertible {
    package var sqliteValue: SQLiteValue { .integer(self ? 1 : 0) }

    package init?(_ value: SQLiteValue) {
        guard case .integer(let number) = value else { return nil }
        self = number != 0
    }
}

extension Double: SQLiteConvertible {
    package var sqliteValue: SQLiteValue { .real(self) }

    package init?(_ value: SQLiteValue) {
        switch value {
        case .real(let number): self = number
        // A REAL column gives 1 back as it was written by hand.
        case .integer(let number): self.init(exactly: number)
        case .null, .text, .blob: return nil
        }
    }
}

extension String: SQLiteConvertible {
    package var sqliteValue: SQLiteValue { .text(self) }

    package init?(_ value: SQLiteValue) {
        guard case .text(let text) = value else { return nil }
        self = text
    }
}

extension [UInt8]: SQLiteConvertible {
    package var sqliteValue: SQLiteValue { .blob(self) }

    package init?(_ value: SQLiteValue) {
        switch value {
        case .blob(let bytes): self = bytes
        case .text(let text): self = Array(text.utf8)
        case .null, .integer, .real: return nil
        }
    }
}

extension Optional: SQLiteConvertible where Wrapped: SQLiteConvertible {
    package var sqliteValue: SQLiteValue { self?.sqliteValue ?? .null }

    package init?(_ value: SQLiteValue) {
        if value == .null {
            self = .none
        } else if let wrapped = Wrapped(value) {
            self = wrapped
        } else {
            return nil
        }
    }
}
