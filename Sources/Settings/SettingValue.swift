// SPDX-License-Identifier: Apache-2.0
internal import SystemPackage

/// Why a value's text was refused: a clause, and what to write instead.
struct SettingRefusal: Error, Equatable {
    let message: String
    let remedy: String
}

/// How the text of each kind of setting becomes a value; the same for file, environment and command line.
enum SettingValue {
    static func flag(_ text: String) throws(SettingRefusal) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default:
            throw SettingRefusal(message: "\(quoted(text)) is neither true nor false", remedy: "Write true or false.")
        }
    }

    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String, of _: Choice.Type
    ) throws(SettingRefusal) -> Choice where Choice.RawValue == String {
        if let choice = Choice(rawValue: text.lowercased()) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        throw SettingRefusal(
            message: "\(quoted(text)) is not one of \(known.joined(separator: ", "))",
            remedy: "Write \(NearestName.of(text, among: known) ?? known[0]).")
    }

    static func fraction(_ text: String, example: String) throws(SettingRefusal) -> Double {
        try number(text, example: example, bounds: "between 0 and 1") { $0 > 0 && $0 < 1 }
    }

    /// A finite number for which `isAllowed` holds; `bounds` says in words which those are.
    static func number(
        _ text: String, example: String, bounds: String, isAllowed: (Double) -> Bool
    ) throws(SettingRefusal) -> Double {
        let remedy = "Give a number such as \(example)"
        let plain = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
        guard plain, let value = Double(text), value.isFinite else {
            throw SettingRefusal(message: "\(quoted(text)) is not a number", remedy: remedy + ".")
        }
        guard isAllowed(value) else {
            throw SettingRefusal(message: "\(text) is not \(bounds)", remedy: remedy + ".")
        }
        return value
    }

    static func seconds(_ text: String, in range: ClosedRange<Double>, example: String) throws(SettingRefusal)
        -> Duration
    {
        let bounds = "between \(range.lowerBound) and \(range.upperBound) seconds"
        return .seconds(try number(text, example: example, bounds: bounds) { range.contains($0) })
    }

    /// node_exporter reads files of no other ending.
    static func metricsFile(_ text: String) throws(SettingRefusal) -> FilePath {
        let path = try folder(text)
        guard path.extension == "prom", path.stem?.isEmpty == false else {
            throw SettingRefusal(
                message: "\(quoted(text)) does not end in .prom, so no collector would read it",
                remedy: "Give a file such as /run/fundusd/fundusd.prom.")
        }
        return path
    }

    static func folder(_ text: String) throws(SettingRefusal) -> FilePath {
        if text.hasPrefix("~") {
            throw SettingRefusal(
                message: "\(quoted(text)) begins with ~, which only a shell understands",
                remedy: "Write the whole path, beginning with /.")
        }
        // A NUL would silently cut the path short in every system call.
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw SettingRefusal(message: "\(quoted(text)) holds a control character", remedy: "Write a plain path.")
        }
        return FilePath(text)
    }

    static func recipe(_ text: String) throws(SettingRefusal) -> String {
        let plain = text.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0) }
        guard plain, text.utf8.count <= 64 else {
            throw SettingRefusal(
                message: "\(quoted(text)) is not the name of a recipe",
                remedy: "Names are lower-case letters, digits and hyphens, such as experiment.")
        }
        return text
    }

    /// The text between quotes, cut and escaped so that a message stays one line on any terminal.
    static func quoted(_ text: String) -> String {
        let cut = text.unicodeScalars.prefix(80)
        let escaped = cut.map { isUnsafe($0) ? $0.escaped(asASCII: true) : String($0) }
        return "\"" + escaped.joined() + (cut.count < text.unicodeScalars.count ? "…\"" : "\"")
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
