// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Hashing
package import Verdict

/// Ties each published verdict to all before it: who changes one later must change every link after it.
///
/// A link is SHA-256 over the link before, the image's name and hash, the hashes of the verdict's file and of its heatmap, and
/// the time of publication. The method is that of S. Haber and W. S. Stornetta, “How to time-stamp a digital document”,
/// J. Cryptology 3 (1991) 99–111. It shows a change only to who knows a later link, so a head should be noted elsewhere.
package struct AuditChain: Sendable, Equatable {
    /// 64 hexadecimal digits: the last link, or zeros before the first.
    package private(set) var head: String
    /// Links, one for each verdict that was published.
    package private(set) var length: Int

    package init() {
        head = String(repeating: "0", count: 64)
        length = 0
    }

    /// A chain that goes on from what was kept.
    package init(head: String, length: Int) {
        self.head = head
        self.length = length
    }

    /// One published verdict.
    package struct Entry: Sendable, Equatable {
        package let name: ImageName
        /// Of the image.
        package let sha256: String
        /// Of the verdict's file.
        package let document: String
        /// Of the heatmap's file; nil where none was made, or none is known.
        package let heatmap: String?
        /// ISO 8601, UTC.
        package let publishedAt: String

        package init(name: ImageName, sha256: String, document: String, heatmap: String?, publishedAt: String) {
            self.name = name
            self.sha256 = sha256
            self.document = document
            self.heatmap = heatmap
            self.publishedAt = publishedAt
        }
    }

    /// Adds a link.
    package mutating func append(_ entry: Entry) {
        // No part can hold a zero byte: file names have none, and all else is written here.
        let parts = [
            Array(head.utf8), entry.name.bytes, Array(entry.sha256.utf8), Array(entry.document.utf8),
            Array((entry.heatmap ?? "-").utf8), Array(entry.publishedAt.utf8),
        ]
        head = SHA256.hash(Array(parts.joined(separator: [0]))).hexadecimal
        length += 1
    }

    /// What a person said of a picture, or took back.
    package struct LabelEntry: Sendable, Equatable {
        /// Of the image.
        package let sha256: String
        /// Of all that the ledger keeps of it.
        package let document: String

        package init(sha256: String, document: String) {
            self.sha256 = sha256
            self.document = document
        }
    }

    /// Adds a label's link. No verdict's has an empty name, so that none can be taken for it.
    package mutating func append(_ entry: LabelEntry) {
        let parts = [Array(head.utf8), [], Array("label".utf8), Array(entry.sha256.utf8), Array(entry.document.utf8)]
        head = SHA256.hash(Array(parts.joined(separator: [0]))).hexadecimal
        length += 1
    }
}
