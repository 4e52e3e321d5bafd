// SPDX-License-Identifier: Apache-2.0
/// The spelling that a mistyped name most likely meant.
enum NearestName {
    /// The known name with the fewest changes from `name`; nil when even that one has little in common with it.
    static func of(_ name: String, among known: [String]) -> String? {
        let ranked = known.map { (name: $0, changes: changes(from: name.lowercased(), to: $0.lowercased())) }
        guard let best = ranked.min(by: { $0.changes < $1.changes }) else { return nil }
        return best.changes * 2 <= max(name.utf8.count, 2) ? best.name : nil
    }

    /// How many insertions, deletions and replacements turn one into the other (Levenshtein 1966), over bytes.
    static func changes(from: String, to: String) -> Int {
        let source = Array(from.utf8.prefix(100))
        let target = Array(to.utf8)
        var row = Array(0...target.count)
        for (i, byte) in source.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in target.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
