// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials

/// JSON for people and programs: sorted, indented.
package enum SortedJSON {
    /// Some number is not finite, which JSON can't say.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// Without the last end of line, for standard output.
    package static func text(_ value: some Encodable) throws(Fault) -> String {
        String(decoding: try bytes(value).dropLast(), as: UTF8.self)
    }

    /// With a line's end after the last brace.
    package static func bytes(_ value: some Encodable) throws(Fault) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
        } catch {
            throw Fault(description: "there are figures that JSON can't say: \(error)")
        }
    }
}
