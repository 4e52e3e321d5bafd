internal import Foundation

/// JSON for people and programs: sorted, indented.
enum SortedJSON {
    /// Without the last end of line, for standard output.
    static func text(_ value: some Encodable) -> String { String(decoding: bytes(value).dropLast(), as: UTF8.self) }

    static func bytes(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { preconditionFailure("a number that is not finite") }
        return Array(data) + [UInt8(ascii: "\n")]
    }
}
