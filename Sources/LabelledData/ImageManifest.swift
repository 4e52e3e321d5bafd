internal import Crypto

/// Which images a model was made of: `images.csv` beside its weights, one row for each content.
package struct ImageManifest: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        package let sha256: String
        package let isDisease: Bool
        package let side: HoldoutSplit.Side
        /// Counted from 0; images of one number stay together.
        package let group: Int
        /// Below the labelled folder, as it was then.
        package let path: String

        package init(sha256: String, isDisease: Bool, side: HoldoutSplit.Side, group: Int, path: String) {
            self.sha256 = sha256
            self.isDisease = isDisease
            self.side = side
            self.group = group
            self.path = path
        }
    }

    package static let fileName = "images.csv"
    private static let header = "sha256,class,side,group,path"

    /// In the order of the contents' hashes.
    package let rows: [Row]

    package init(_ rows: [Row]) { self.rows = rows.sorted { $0.sha256 < $1.sha256 } }

    package var sides: [String: HoldoutSplit.Side] {
        Dictionary(rows.map { ($0.sha256, $0.side) }) { first, _ in first }
    }

    /// A hash of contents, classes and sides: what a training depends on. Names don't count.
    package var fingerprint: String {
        var hash = SHA256()
        for row in rows { hash.update(data: Array("\(row.sha256) \(row.className) \(row.side.rawValue)\n".utf8)) }
        return hash.finalize().map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
    }

    /// RFC 4180, with a header.
    package var csv: [UInt8] {
        let lines = rows.map { row in
            "\(row.sha256),\(row.className),\(row.side.rawValue),\(row.group),\"\(row.path.doublingQuotes)\""
        }
        return Array(([Self.header] + lines).joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
    }
}

extension ImageManifest.Row {
    package var className: String { isDisease ? "disease" : "normal" }
}

extension String {
    fileprivate var doublingQuotes: String {
        split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    }
}
