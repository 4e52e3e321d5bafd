// SPDX-License-Identifier: Apache-2.0
internal import CYAML

/// A YAML parser's complaint in words that a person who never read the YAML standard can act on.
struct YAMLFault: Error {
    let line: Int?
    let message: String
    let remedy: String

    /// - Parameter parser: after it has failed.
    init(_ parser: yaml_parser_t, in text: String) {
        let problem = parser.problem.map { String(cString: $0) } ?? "there is no memory for it"
        if parser.error == YAML_READER_ERROR {
            self.init(
                line: nil, message: "holds a character that YAML does not allow (\(problem))",
                remedy: "Remove control characters from it.")
        } else {
            self.init(problem: problem, line: parser.problem_mark.line + 1, text: text)
        }
    }

    init(tooDeepInLine line: Int, limit: Int) {
        self.init(
            line: line, message: "has more than \(limit) lists and groups within one another",
            remedy: Self.generalRemedy)
    }

    private init(line: Int?, message: String, remedy: String) {
        self.line = line
        self.message = message
        self.remedy = remedy
    }

    private init(problem: String, line: Int, text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let near = lines.indices.contains(line - 1) ? lines[line - 1] : ""
        if near.prefix(while: \.isWhitespace).contains("\t") || near.contains(":\t") {
            self.init(line: line, message: "a tab stands where YAML wants spaces", remedy: "Indent with spaces.")
        } else {
            self.init(line: line, message: "is not YAML: \(problem)", remedy: Self.generalRemedy)
        }
    }

    private static let generalRemedy = "Write one setting a line, as `key: value`."
}
