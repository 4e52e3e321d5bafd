// SPDX-License-Identifier: Apache-2.0
/// How a person's name is found in an image's file name.
package struct PersonPattern: @unchecked Sendable {
    // A Regex is immutable but not marked Sendable; see the declaration of `Regex`.
    private let regex: Regex<AnyRegexOutput>

    /// Everything before a word for an eye: `0042_left.jpg`, `Meier-OD-2024.jpg`. Names without one are nobody's.
    package static let eyes = PersonPattern(
        regex: Regex(#/^(.+?)[_\- .]+(?i:left|right|links|rechts|od|os|ou|l|r)(?:[_\- .].*)?$/#))

    /// - Throws: `PersonPatternFault` where the text is no regular expression with a group in parentheses.
    package init(_ text: String) throws(PersonPatternFault) {
        let parsed: Regex<AnyRegexOutput>
        do {
            parsed = try Regex(text)
        } catch {
            throw PersonPatternFault(message: "“\(text)” is no regular expression: \(error)")
        }
        guard text.contains("(") else {
            throw PersonPatternFault(
                message: "“\(text)” has no part in parentheses, which would be the person; such as “^([0-9]+)_”")
        }
        regex = parsed
    }

    private init(regex: Regex<AnyRegexOutput>) { self.regex = regex }

    /// The person of a file name without its folders, or nil where the pattern does not fit.
    package func person(in name: String) -> String? {
        guard let match = try? regex.firstMatch(in: name), match.output.count > 1,
            let range = match.output[1].range, !range.isEmpty
        else { return nil }
        return String(name[range])
    }
}

/// Why a regular expression can't say whom a file's name means.
package struct PersonPatternFault: Error, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}
