// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import WrittenText

/// Which images a model was made of: `images.csv` beside its weights, one row for each content.
package struct ImageManifest: Sendable, Equatable {
    /// One content.
    package struct Row: Sendable, Equatable {
        /// Of the file's content, 64 hexadecimal digits.
        package let sha256: String
        package let label: ImageLabel
        package let side: HoldoutSplit.Side
        /// Counted from 0; images of one number stay together.
        package let group: Int
        /// Below the labelled folder, as it was then.
        package let path: String
        /// Nil where nothing told.
        package let source: String?

        package init(
            sha256: String, label: ImageLabel, side: HoldoutSplit.Side, group: Int, path: String, source: String? = nil
        ) {
            self.sha256 = sha256
            self.label = label
            self.side = side
            self.group = group
            self.path = path
            self.source = source
        }
    }

    package static let fileName = "images.csv"
    private static let columns = ["sha256", "class", "side", "group", "path", "source"]

    /// In the order of the contents' hashes.
    package let rows: [Row]

    /// - Parameter rows: in any order; each content once.
    package init(_ rows: [Row]) { self.rows = rows.sorted { $0.sha256 < $1.sha256 } }

    /// What a network learns of these images: disease, and gradability where there are ungradable ones.
    package var outputs: Int { rows.contains { !$0.label.isGradable } ? 2 : 1 }

    /// The side of each content, by its SHA-256.
    package var sides: [String: HoldoutSplit.Side] {
        Dictionary(rows.map { ($0.sha256, $0.side) }) { first, _ in first }
    }

    /// A hash of contents, classes, sides and sources: what a training depends on. Names don't count.
    package var fingerprint: String {
        var hash = SHA256()
        for row in rows {
            let source = row.source.map { " \($0)" } ?? ""
            hash.update(Array("\(row.sha256) \(row.label.rawValue) \(row.side.rawValue)\(source)\n".utf8))
        }
        return hash.finalize().hexadecimal
    }

    /// RFC 4180, with a header.
    package var csv: [UInt8] {
        var table = CommaSeparatedTable(columns: Self.columns)
        for row in rows {
            table.append([
                row.sha256, row.label.rawValue, row.side.rawValue, "\(row.group)", row.path, row.source ?? "",
            ])
        }
        return Array(table.text(lineEnd: "\n").utf8)
    }
}
