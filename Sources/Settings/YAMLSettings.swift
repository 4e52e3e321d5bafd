// SPDX-License-Identifier: Apache-2.0
internal import SystemPackage
internal import Yams

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
            guard let root = try Yams.Parser(yaml: text).singleRoot(), !isNull(root) else { return }
            guard let mapping = root.mapping else {
                note(
                    key: "", line: root.mark?.line, message: "the file is not a list of `key: value` lines",
                    remedy: "Write one setting a line, such as `inbox: /srv/fundusd/inbox`.")
                return
            }
            walk(mapping, below: "")
        } catch {
            note(YAMLFault(error, in: text))
        }
    }

    private mutating func walk(_ mapping: Node.Mapping, below prefix: String) {
        for (keyNode, value) in mapping {
            let line = keyNode.mark?.line ?? 1
            guard let word = keyNode.scalar?.string else {
                note(key: prefix, line: line, message: "a key is not a word", remedy: "Write `key: value`.")
                continue
            }
            take(prefix + word, value, line: line)
        }
    }

    private mutating func take(_ name: String, _ value: Node, line: Int) {
        // `review` is both: a setting, and a group of others.
        let isGroup = SettingKey.groups.contains(name)
        if let key = SettingKey(rawValue: name), !isGroup || value.mapping == nil {
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

    private mutating func takeValue(of key: SettingKey, _ value: Node, line: Int) {
        guard let scalar = value.scalar else {
            note(
                key: key.name, line: line,
                message: "a \(value.mapping == nil ? "list" : "group") stands where one value is expected",
                remedy: "Write `\(key.name): \(key.builtIn.text ?? "VALUE")`; expected is: \(key.unit).")
            return
        }
        if let earlier = entries[key] {
            note(
                key: key.name, line: line, message: "it stands in line \(earlier.line) already",
                remedy: "Remove one of the two.")
            return
        }
        if isNull(value) || scalar.string.isEmpty {
            note(
                key: key.name, line: line, message: "it has no value",
                remedy: "Give one, or remove the line for the default (\(key.builtIn.shown)).")
            return
        }
        entries[key] = .init(text: scalar.string, line: line)
    }

    private mutating func takeGroup(_ name: String, _ value: Node, line: Int) {
        if let mapping = value.mapping {
            walk(mapping, below: name + ".")
        } else if !isNull(value) {
            note(
                key: name, line: line, message: "it is a group of settings, not a setting",
                remedy: "Write the settings below it, indented by two spaces.")
        }
    }

    private func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private mutating func note(_ fault: YAMLFault) {
        note(key: "", line: fault.line, message: fault.message, remedy: fault.remedy)
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
