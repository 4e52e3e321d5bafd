// SPDX-License-Identifier: Apache-2.0
extension Settings {
    /// Every value with where it came from, as YAML that can be used as a configuration file again.
    ///
    /// - Parameter decided: What the program made of keys that nobody gave a value, such as the number of threads.
    package func printed(decided: [SettingKey: SettingProvenance] = [:]) -> String {
        let lines = SettingKey.allCases.map { key in
            let given = provenance[key] ?? SettingProvenance(text: nil, origin: "default")
            let shown = given.text == nil ? decided[key] ?? given : given
            return (setting: Self.line(key, given.text, shown.text ?? key.builtIn.shown), origin: shown.origin)
        }
        let width = lines.map(\.setting.count).max() ?? 0
        return lines.map { line in
            let padding = String(repeating: " ", count: width - line.setting.count)
            return "\(line.setting)\(padding)  # \(line.origin)\n"
        }.joined()
    }

    /// A value that nobody gave stands as a comment, or reading the text back would not give the same settings.
    private static func line(_ key: SettingKey, _ given: String?, _ shown: String) -> String {
        given.map { "\(key.name): \(yamlScalar($0))" } ?? "# \(key.name): \(shown)"
    }

    /// The text as a YAML scalar: plain where nothing in it means something to YAML, else in double quotes.
    static func yamlScalar(_ text: String) -> String {
        let plain = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789/._+-".unicodeScalars.contains($0)
        }
        let startsPlainly = text.first.map { $0.isLetter || $0.isNumber || $0 == "/" || $0 == "." } ?? false
        let isNull = text.lowercased() == "null"
        if plain && startsPlainly && !isNull { return text }
        let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }
        return "\"" + escaped.joined() + "\""
    }
}
