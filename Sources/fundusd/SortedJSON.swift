// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// JSON for people and programs: sorted, indented.
enum SortedJSON {
    /// Without the last end of line, for standard output.
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try bytes(value).dropLast(), as: UTF8.self)
    }

    /// - Throws: a `Refusal` where a number is not finite, which JSON can't say.
    static func bytes(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
        } catch {
            throw Refusal(.dataError, "there are figures that JSON can't say: \(told(error))")
        }
    }
}
