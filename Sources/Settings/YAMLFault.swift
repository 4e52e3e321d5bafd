// SPDX-License-Identifier: Apache-2.0
internal import Yams

/// A YAML parser's complaint in words that a person who never read the YAML standard can act on.
struct YAMLFault {
    let line: Int?
    let message: String
    let remedy: String

    init(_ error: any Error, in text: String) {
        guard let error = error as? YamlError else {
            self.init(line: nil, message: "is not YAML: \(error)", remedy: Self.generalRemedy)
            return
        }
        switch error {
        case .duplicatedKeysInMapping(let names, let context):
            let name = SettingValue.quoted(names.first ?? "")
            self.init(
                line: context.mark.line, message: "\(name) stands here and again further down",
                remedy: "Remove one of the two.")
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(problem: problem, line: mark.line, text: text)
        case .reader(let problem, _, _, _):
            self.init(
                line: nil, message: "holds a character that YAML does not allow (\(problem))",
                remedy: "Remove control characters from it.")
        default:
            self.init(line: nil, message: "is not YAML", remedy: Self.generalRemedy)
        }
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
