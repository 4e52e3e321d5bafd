// SPDX-License-Identifier: Apache-2.0
import Testing
import WrittenText

/// One rule for every text that a person writes.
@Suite struct WrittenTextTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        /// Nil where it is refused.
        let text: String?
        var fault: WrittenText.Fault?
    }

    private static let littleEndian: [UInt8] = [0x70, 0, 0x61, 0, 0x74, 0, 0x68, 0]
    private static let bigEndian: [UInt8] = [0, 0x70, 0, 0x61, 0, 0x74, 0, 0x68]

    static let cases = [
        Case(testDescription: "UTF-8", bytes: Array("größer\n".utf8), text: "größer\n"),
        Case(testDescription: "a mark", bytes: Array("\u{FEFF}größer\n".utf8), text: "größer\n"),
        Case(testDescription: "a mark alone", bytes: Array("\u{FEFF}".utf8), text: ""),
        Case(testDescription: "nothing", bytes: [], text: ""),
        Case(testDescription: "one letter", bytes: [0x61], text: "a"),
        Case(testDescription: "UTF-16", bytes: [0xFF, 0xFE] + littleEndian, text: nil, fault: .isUTF16),
        Case(testDescription: "UTF-16, big-endian", bytes: [0xFE, 0xFF] + bigEndian, text: nil, fault: .isUTF16),
        Case(testDescription: "UTF-16 without a mark", bytes: littleEndian, text: nil, fault: .isUTF16),
        Case(testDescription: "UTF-16 without a mark, big-endian", bytes: bigEndian, text: nil, fault: .isUTF16),
        Case(testDescription: "Latin-1", bytes: [0x67, 0x72, 0xF6, 0xDF], text: nil, fault: .isNotUTF8),
    ]

    @Test(arguments: cases) func `what an editor leaves is read or named`(file: Case) throws {
        guard let fault = file.fault else {
            #expect(try WrittenText.text(of: file.bytes) == file.text)
            return
        }
        #expect(throws: fault) { try WrittenText.text(of: file.bytes) }
    }

    @Test(arguments: [("a\r\n", "a"), ("a\n", "a"), ("a", "a"), ("\r\n", ""), ("a\r", "a"), ("", "")])
    func `a line's end is no part of it`(line: String, content: String) {
        #expect(Array(WrittenText.withoutEnd(Array(line.utf8)[...])) == Array(content.utf8))
    }

    @Test func `names that are no UTF-8 are names all the same`() throws {
        let bytes: [UInt8] = [0x67, 0xF6, 0x2E, 0x6A, 0x70, 0x67]
        #expect(Array(try WrittenText.content(of: bytes)) == bytes)
    }
}
