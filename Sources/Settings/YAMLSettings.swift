// SPDX-License-Identifier: Apache-2.0
internal import SystemPackage

/// A walk through a YAML document that keeps each known key's text and line, and notes each fault it meets.
///
/// `retrain: {seed: 1}` and `retrain.seed: 1` are the same setting.
struct YAMLSettings {
    let path: FilePath
    private(set) var entries: [SettingKey: ConfigurationFile.Entry] = [:]
    private(set) var faults: [SettingsFault] = []

    init(path: FilePath) {
        self.path = path
    }

    mutating func read(_ text: String) {
        do {
            // Comments alone are a valid document: every default holds.
            guard let root = try YAMLDocument(text).root, !root.isNull else { return }
            guard let pairs = root.pairs else {
                note(
                    key: "", line: root.line, message: "the file is not a list of `key: value` lines",
                    remedy: "Write one setting a line, such as `inbox: /srv/fundusd/inbox`.")
                return
            }
            walk(pairs, below: "")
        } catch {
            note(key: "", line: error.line, message: error.message, remedy: error.remedy)
        }
    }

    private mutating func walk(_ pairs: [(key: YAMLNode, value: YAMLNode)], below prefix: String) {
        var lines: [String: Int] = [:]
        for (key, value) in pairs {
            guard let word = key.scalar else {
                note(key: prefix, line: key.line, message: "a key is not a word", remedy: "Write `key: value`.")
                continue
            }
            if let earlier = lines[word] {
                note(
                    key: prefix, line: earlier,
                    message: "\(SettingValue.quoted(word)) stands here and again further down, in line \(key.line)",
                    remedy: "Remove one of the two.")
                continue
            }
            lines[word] = key.line
            take(prefix + word, value, line: key.line)
        }
    }

    private mutating func take(_ name: String, _ value: YAMLNode, line: Int) {
        // `review` is both: a setting, and a group of others.
        let isGroup = SettingKey.groups.contains(name)
        if let key = SettingKey(rawValue: name), !isGroup || value.pairs == nil {
            takeValue(of: key, value, line: line)
        } else if isGroup {
            takeGroup(name, value, line: line)
        } else {
            let known = SettingKey.allCases.map(\.name)
            note(
                key: SettingValue.quoted(name), line: line, message: "there is no such setting",
                remedy: UnknownName.remedy(for: name, known: known))
        }
    }

    private mutating func takeValue(of key: SettingKey, _ value: YAMLNode, line: Int) {
        guard let scalar = value.scalar else {
            note(
                key: key.name, line: line,
                message: "a \(value.pairs == nil ? "list" : "group") stands where one value is expected",
                remedy: "Write `\(key.name): \(key.builtIn.text ?? "VALUE")`; expected is: \(key.unit).")
            return
        }
        if let earlier = entries[key] {
            note(
                key: key.name, line: line, message: "it stands in line \(earlier.line) already",
                remedy: "Remove one of the two.")
            return
        }
        if value.isNull || scalar.isEmpty {
            note(
                key: key.name, line: line, message: "it has no value",
                remedy: "Give one, or remove the line for the default (\(key.builtIn.shown)).")
            return
        }
        entries[key] = .init(text: scalar, line: line)
    }

    private mutating func takeGroup(_ name: String, _ value: YAMLNode, line: Int) {
        if let pairs = value.pairs {
            walk(pairs, below: name + ".")
        } else if !value.isNull {
            note(
                key: name, line: line, message: "it is a group of settings, not a setting",
                remedy: "Write the settings below it, indented by two spaces.")
        }
    }

    private mutating func note(key: String, line: Int?, message: String, remedy: String) {
        let source = line.map { "\(path):\($0)" } ?? path.string
        faults.append(SettingsFault(key: key, source: source, message: message, remedy: remedy))
    }
}

/// What to say about a name that is in no table.
enum UnknownName {
    static func remedy(for name: String, known: [String]) -> String {
        NearestName.of(name, among: known).map { "Did you mean \($0)?" }
            ?? "The known ones are \(known.joined(separator: ", "))."
    }
}
