// SPDX-License-Identifier: Apache-2.0
internal import Settings

/// Text for roff: `man 7 man`.
enum ManualPageText {
    /// Backslashes and hyphens are escaped; a line may not begin with a control character.
    static func escaped(_ text: String) -> String {
        let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
    }

    /// Paragraphs, and indented lines as they stand.
    static func paragraphs(_ text: String) -> String {
        text.split(separator: "\n\n").map { block in
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.allSatisfy({ $0.hasPrefix("    ") }) else {
                return ".PP\n" + lines.map { escaped(String($0)) + "\n" }.joined()
            }
            return ".PP\n.RS\n.nf\n" + lines.map { escaped(String($0.dropFirst(4))) + "\n" }.joined() + ".fi\n.RE\n"
        }.joined()
    }

    static func item(_ head: String, _ body: String) -> String { ".TP\n\(head)\n\(body)\n" }
}

extension ProgramHelp.Verb {
    /// The verb as a subsection: its line, what it does, its options.
    var roff: String {
        let arguments = (command.arguments ?? []).filter(\.shouldDisplay)
        let words = arguments.filter { $0.kind == "positional" }.map(\.placeholder)
        let name = ManualPageText.escaped(self.name)
        let line = ([".B fundusd \(name)", ".RI [ options ]"] + words).joined(separator: "\n")
        var text = ".SS \(name)\n\(line)\n"
        if let abstract = command.abstract { text += ".PP\n\(ManualPageText.escaped(abstract))\n" }
        if let discussion = command.discussion { text += ManualPageText.paragraphs(discussion) }
        return text + arguments.filter { $0.kind != "positional" || $0.abstract != nil }.map(\.roff).joined()
    }
}

extension ProgramHelp.Argument {
    /// The argument in the verb's own line.
    fileprivate var placeholder: String {
        let name = ".I \(ManualPageText.escaped(valueName ?? "argument"))\(isRepeating ? " ..." : "")"
        return isOptional ? ".RI [ \(name.dropFirst(3)) ]".replacing(" ...", with: "\\ ...") : name
    }

    fileprivate var roff: String {
        ManualPageText.item(head, ManualPageText.escaped((abstract ?? "") + facts))
    }

    private var head: String {
        if kind == "positional" { return ".I \(ManualPageText.escaped(valueName ?? "argument"))" }
        let spelled = (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }.map(ManualPageText.escaped)
        let bold = spelled.map { "\\fB\($0)\\fR" }.joined(separator: ", ")
        return kind == "option" ? "\(bold) \\fI\(ManualPageText.escaped(valueName ?? "value"))\\fR" : bold
    }

    private var facts: String {
        let choice = allValues.map { " One of \($0.joined(separator: ", "))." } ?? ""
        return choice + (defaultValue.map { " Default: \($0)." } ?? "")
    }
}

extension SettingKey {
    var roff: String {
        let facts = "\(unit); default: \(builtIn.shown); \(environmentName), \(optionName)"
        return ManualPageText.item(
            ".B \(ManualPageText.escaped(name))",
            "\(ManualPageText.escaped(meaning))\n.br\n(\(ManualPageText.escaped(facts)))")
    }
}
