// SPDX-License-Identifier: Apache-2.0
/// Finds what is wrong with a page: tags that do not match, identifiers that are there twice, references to elsewhere.
struct MarkupCheck {
    private(set) var faults: [String] = []
    private(set) var tagCounts: [String: Int] = [:]
    private var open: [String] = []
    private var identifiers: Set<String> = []

    /// Elements that HTML never closes.
    private static let void: Set<String> = ["meta", "img", "br"]

    init(_ page: String) {
        var rest = page[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            if rest.hasPrefix("!") { continue }
            guard let end = rest.firstIndex(of: ">") else {
                faults.append("a tag that does not end")
                break
            }
            check(rest[..<end])
            rest = rest[end...]
        }
        if !open.isEmpty { faults.append("never closed: \(open)") }
    }

    private mutating func check(_ tag: Substring) {
        if tag.hasPrefix("/") {
            let name = String(tag.dropFirst())
            if open.popLast() != name { faults.append("closes \(name) where it is not open") }
            return
        }
        let name = String(tag.prefix { $0.isLetter || $0.isNumber })
        tagCounts[name, default: 0] += 1
        if !tag.hasSuffix("/") && !Self.void.contains(name) { open.append(name) }
        for (attribute, value) in attributes(of: tag.dropFirst(name.count)) { check(attribute, value, in: name) }
    }

    private mutating func check(_ attribute: String, _ value: Substring, in name: String) {
        if attribute == "id", !identifiers.insert(String(value)).inserted { faults.append("id \(value) twice") }
        if attribute.hasPrefix("on") { faults.append("\(name) has a handler, \(attribute)") }
        if ["src", "href"].contains(attribute), !value.hasPrefix("data:image/jpeg;base64,"), !isFileBeside(value) {
            faults.append("\(name) refers to \(value)")
        }
        if ["x", "y", "points", "x1", "y2", "width"].contains(attribute), value.contains(where: \.isLetter) {
            if name != "meta" { faults.append("\(name) has \(attribute)=\(value)") }
        }
    }

    /// `./NAME`, which no name can lead out of.
    private func isFileBeside(_ address: Substring) -> Bool {
        address.hasPrefix("./")
            && address.dropFirst(2).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~%".contains($0)) }
    }

    private func attributes(of text: Substring) -> [(String, Substring)] {
        text.matches(of: /([A-Za-z0-9-]+)="([^"]*)"/).map { (String($0.output.1), $0.output.2) }
    }
}
