// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials

/// A file of the outbox as JSON: a verdict, an exam.
enum OutboxDocument {
    /// Sorted keys, indented, a newline at the end.
    static func bytes(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        // The encoder spreads an empty array over three lines. No string is hit: JSON has no line break within one.
        return Array(text.replacing(/\[\n\s*\]/, with: "[]").utf8) + [0x0A]
    }

    /// On one line.
    static func line(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
