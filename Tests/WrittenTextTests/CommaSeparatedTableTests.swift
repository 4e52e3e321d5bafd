// SPDX-License-Identifier: Apache-2.0
import Testing
import WrittenText

@Suite struct CommaSeparatedTableTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let rows: [[String]]
    }

    static let cases = [
        Case(testDescription: "plain", text: "a,b\n1,2\n", rows: [["1", "2"]]),
        Case(testDescription: "no end of line", text: "a,b\n1,2", rows: [["1", "2"]]),
        Case(testDescription: "CRLF", text: "a,b\r\n1,2\r\n3,4\r\n", rows: [["1", "2"], ["3", "4"]]),
        Case(testDescription: "empty lines", text: "\n\na,b\n\n1,2\n\n", rows: [["1", "2"]]),
        Case(testDescription: "empty fields", text: "a,b\n,\n", rows: [["", ""]]),
        Case(testDescription: "quotes", text: "a,b\n\"1,\"\"x\"\"\",\"2\n3\"\n", rows: [["1,\"x\"", "2\n3"]]),
        Case(testDescription: "a byte order mark", text: "\u{FEFF}a,b\n1,2\n", rows: [["1", "2"]]),
        Case(testDescription: "only a header", text: "a,b", rows: []),
        Case(testDescription: "a quote inside", text: "a,b\n5\" x,2\n", rows: [["5\" x", "2"]]),
    ]

    @Test(arguments: cases) func `tables are read`(table: Case) throws {
        let read = try CommaSeparatedTable(parsing: Array(table.text.utf8))
        #expect(read.columns == ["a", "b"])
        #expect(read.rows == table.rows)
    }

    @Test(arguments: [
        ("", CommaSeparatedTable.Failure.empty), ("\r\n\n", .empty),
        ("a,b\n1\n", .wrongFieldCount(line: 2, found: 1, expected: 2)),
        ("a,b\n\"1\n\",2\n1,2,3", .wrongFieldCount(line: 4, found: 3, expected: 2)),
        ("a,b\n1,\"2", .unclosedQuote(line: 2)),
    ])
    func `what is no table is refused, with the line`(text: String, failure: CommaSeparatedTable.Failure) {
        #expect(throws: failure) { try CommaSeparatedTable(parsing: Array(text.utf8)) }
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE] + Array("a".utf16).flatMap { [UInt8($0), 0] }, WrittenText.Fault.isUTF16, "is UTF-16 text"),
            ([0x61, 0x2C, 0xFC], .isNotUTF8, "is not UTF-8 text"),
        ] as [([UInt8], WrittenText.Fault, String)])
    func `another encoding is named`(bytes: [UInt8], fault: WrittenText.Fault, words: String) {
        let failure = #expect(throws: CommaSeparatedTable.Failure.encoding(fault)) {
            try CommaSeparatedTable(parsing: bytes)
        }
        #expect(failure?.description == "\(words); save it as UTF-8")
    }

    @Test func `what is written is read back`() throws {
        var table = CommaSeparatedTable(columns: ["path", "words"])
        for field in ["plain", "with, comma", "with \"quotes\"", "two\r\nlines", "", " blank ", "größer"] {
            table.append([field, "x"])
        }
        #expect(try CommaSeparatedTable(parsing: Array(table.text().utf8)) == table)
    }

    @Test func `any bytes are read or refused`() {
        var seed: UInt8 = 1
        for length in 0..<300 {
            let bytes = (0..<length).map { _ -> UInt8 in
                seed = seed &* 73 &+ 41
                return [0x22, 0x2C, 0x0A, 0x0D, 0x61, 0xFF][Int(seed) % 6]
            }
            _ = try? CommaSeparatedTable(parsing: bytes)
        }
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("@x", "'@x"), ("+1", "'+1"), ("-1", "'-1"), ("\tx", "'\tx"), ("a=1", "a=1"), ("", ""),
    ])
    func `what a spreadsheet would run is made inert`(text: String, inert: String) {
        #expect(CommaSeparatedTable.inert(text) == inert)
    }

    @Test func `columns are found by any of their names`() {
        let table = CommaSeparatedTable(columns: ["Path", "group_id"])
        #expect(table.place(of: "path") == 0 && table.place(of: "group", "group_id") == 1)
        #expect(table.place(of: "source") == nil)
    }
}
