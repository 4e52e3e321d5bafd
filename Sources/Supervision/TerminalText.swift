// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Logging

/// Log lines as a person reads them on a terminal or in a file.
package enum TerminalText {
    /// `2026-11-24T20:00:00.123Z notice: a.jpg: disease, P 0.831, refer`
    static func line(_ message: String, level: Logger.Level, at time: Date) -> String {
        "\(time.formatted(timeStyle)) \(level.rawValue): \(escaped(message))\n"
    }

    /// The text with everything escaped that could move the cursor, recolor, reorder or break the line.
    ///
    /// File names come from strangers; a terminal obeys what it is sent (CWE-150).
    package static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        return text.unicodeScalars.map { isUnsafe($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
    }

    private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
