// SPDX-License-Identifier: Apache-2.0
internal import Logging

/// A value of bytes that need not be UTF-8, such as a file name; journald takes it as it is.
package struct JournalBytes: Sendable, Equatable, CustomStringConvertible {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The bytes as text, with U+FFFD for what is not UTF-8.
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// A log event as the journal's `NAME=value` fields.
enum JournalEntry {
    static func fields(_ event: LogEvent, metadata: Logger.Metadata) -> [[UInt8]] {
        // journalctl shows a message with control characters as "[42B blob data]".
        var fields = [
            field("MESSAGE", TerminalText.escaped(event.message.description)),
            field("PRIORITY", String(priority(of: event.level))),
            field("SYSLOG_IDENTIFIER", "fundusd"),
            field("CODE_FILE", event.file),
            field("CODE_LINE", String(event.line)),
            field("CODE_FUNC", event.function),
        ]
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            guard let name = fieldName(key) else { continue }
            fields.append(Array(name.utf8) + [UInt8(ascii: "=")] + bytes(of: value))
        }
        return fields
    }

    /// The key as journald allows it: capitals, digits and `_`, at most 64, a letter first; nil where nothing is left.
    static func fieldName(_ key: String) -> String? {
        let replaced = key.uppercased().unicodeScalars.map { isAllowed($0) ? $0 : "_" }
        // A leading underscore marks fields that only journald itself may set.
        let name = replaced.drop { !("A"..."Z").contains($0) }.prefix(64)
        return name.isEmpty ? nil : String(String.UnicodeScalarView(name))
    }

    /// The level in the numbers of syslog (man 3 syslog).
    static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func field(_ name: String, _ value: String) -> [UInt8] {
        Array("\(name)=\(value)".utf8)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
    }

    private static func bytes(of value: Logger.MetadataValue) -> [UInt8] {
        if case .stringConvertible(let raw as JournalBytes) = value { return raw.bytes }
        return Array("\(value)".utf8)
    }
}
