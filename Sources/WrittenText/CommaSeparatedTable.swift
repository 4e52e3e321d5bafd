// SPDX-License-Identifier: Apache-2.0

/// Rows of text fields, read from and written as comma-separated values (RFC 4180), UTF-8.
package struct CommaSeparatedTable: Sendable, Equatable {
    /// The first line's fields.
    package let columns: [String]
    /// Each as long as `columns`.
    package private(set) var rows: [[String]] = []

    package init(columns: [String]) { self.columns = columns }

    /// - Parameter row: a field for each column.
    package mutating func append(_ row: [String]) {
        precondition(row.count == columns.count, "a field for each column")
        rows.append(row)
    }

    /// The place of a column, by the first of several names that is there; letters' case does not matter.
    package func place(of names: String...) -> Int? {
        for name in names {
            if let place = columns.firstIndex(where: { $0.lowercased() == name }) { return place }
        }
        return nil
    }

    /// The table, fields quoted where they must be.
    ///
    /// - Parameter lineEnd: CRLF, as RFC 4180 has it, for spreadsheets; LF for what is read by line tools too.
    package func text(lineEnd: String = "\r\n") -> String {
        ([columns] + rows).map { $0.map(Self.quoted).joined(separator: ",") + lineEnd }.joined()
    }

    private static func quoted(_ field: String) -> String {
        let needsQuotes = field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
        return needsQuotes ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
    }

    /// A text that no spreadsheet takes for a formula: where it could, an apostrophe stands before it.
    ///
    /// Names come from strangers, and `=cmd|…` in a cell is run by some programs (OWASP, “CSV Injection”).
    package static func inert(_ text: String) -> String {
        text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false ? "'" + text : text
    }
}

extension CommaSeparatedTable {
    /// Why a text is no table.
    package enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        case empty
        case encoding(WrittenText.Fault)
        case unclosedQuote(line: Int)
        case wrongFieldCount(line: Int, found: Int, expected: Int)

        package var description: String {
            switch self {
            case .empty: "is empty; its first line must name the columns"
            case .encoding(let fault): "\(fault.message); \(WrittenText.Fault.remedy)"
            case .unclosedQuote(let line): "line \(line) opens a quote that nothing closes"
            case .wrongFieldCount(let line, let found, let expected):
                "line \(line) has \(found) fields where the first line has \(expected)"
            }
        }
    }

    /// Reads a table; lines may end in LF or CRLF, and empty ones are passed over.
    package init(parsing bytes: [UInt8]) throws(Failure) {
        var reader: FieldReader
        do throws(WrittenText.Fault) {
            reader = FieldReader(try WrittenText.text(of: bytes))
        } catch {
            throw .encoding(error)
        }
        guard let header = try reader.nextRecord() else { throw .empty }
        self.init(columns: header.fields)
        while let record = try reader.nextRecord() {
            guard record.fields.count == columns.count else {
                throw .wrongFieldCount(line: record.line, found: record.fields.count, expected: columns.count)
            }
            rows.append(record.fields)
        }
    }
}

/// Takes a text apart into records and fields.
private struct FieldReader {
    private let bytes: [UInt8]
    private var place = 0
    private var line = 1

    private static let (quote, comma, lineFeed, carriageReturn): (UInt8, UInt8, UInt8, UInt8) = (0x22, 0x2C, 0x0A, 0x0D)

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func nextRecord() throws(CommaSeparatedTable.Failure) -> (fields: [String], line: Int)? {
        while place < bytes.count, skipLineEnd() {}
        guard place < bytes.count else { return nil }
        let first = line
        var fields = [try nextField()]
        while place < bytes.count, bytes[place] == Self.comma {
            place += 1
            fields.append(try nextField())
        }
        _ = skipLineEnd()
        return (fields, first)
    }

    /// True when a line's end was there.
    private mutating func skipLineEnd() -> Bool {
        let start = place
        if place < bytes.count, bytes[place] == Self.carriageReturn { place += 1 }
        if place < bytes.count, bytes[place] == Self.lineFeed { place += 1 }
        if place > start { line += 1 }
        return place > start
    }

    private mutating func nextField() throws(CommaSeparatedTable.Failure) -> String {
        guard place < bytes.count, bytes[place] == Self.quote else { return plainField() }
        let opened = line
        var field: [UInt8] = []
        place += 1
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == Self.lineFeed { line += 1 }
            guard byte == Self.quote else {
                field.append(byte)
                continue
            }
            guard place < bytes.count, bytes[place] == Self.quote else {
                return String(decoding: field, as: UTF8.self) + plainField()
            }
            field.append(Self.quote)
            place += 1
        }
        throw .unclosedQuote(line: opened)
    }

    private mutating func plainField() -> String {
        let start = place
        while place < bytes.count, ![Self.comma, Self.lineFeed, Self.carriageReturn].contains(bytes[place]) {
            place += 1
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }
}
