// SPDX-License-Identifier: Apache-2.0
// In:  the bytes of a file that a person wrote: the configuration, a table, a list of names.
// Out: its text, or what is wrong with it and what to do. One rule for all of them.
// Called by Settings (the configuration), Evaluation (tables), and the verbs that read lists.

/// A text file as people's editors leave it: UTF-8, with or without a byte order mark; lines end in LF or CRLF.
package enum WrittenText {
    /// Why some bytes are no text that is read.
    package enum Fault: Error, Equatable, Sendable {
        /// What Windows calls “Unicode”, with or without its mark.
        case isUTF16
        /// Such as Latin-1, which spreadsheets call “ANSI”.
        case isNotUTF8

        package var message: String {
            switch self {
            case .isUTF16: "is UTF-16 text"
            case .isNotUTF8: "is not UTF-8 text"
            }
        }

        package static let remedy = "save it as UTF-8"
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The text's bytes behind the mark; whether they are UTF-8 is not looked at: names of files need not be.
    ///
    /// - Parameter bytes: the whole file, or its first line.
    package static func content(of bytes: [UInt8]) throws(Fault) -> ArraySlice<UInt8> {
        if bytes.starts(with: mark) { return bytes.dropFirst(mark.count) }
        let isMarked = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        // Without a mark: every other byte of a text in Latin letters is 0, which no text in UTF-8 holds.
        guard !isMarked, !bytes.prefix(2).contains(0) else { throw .isUTF16 }
        return bytes[...]
    }

    /// The text without its byte order mark.
    ///
    /// - Throws: where the bytes are no UTF-8.
    package static func text(of bytes: [UInt8]) throws(Fault) -> String {
        guard let text = String(validating: try content(of: bytes), as: UTF8.self) else { throw .isNotUTF8 }
        return text
    }

    /// A line's bytes without its end.
    package static func withoutEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        if line.last == UInt8(ascii: "\n") { line = line.dropLast() }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        return line
    }
}
