// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

/// What the outbox gets for one (name, content): the same bytes however often it is published.
package struct Publication: Equatable, Sendable {
    /// Of the image.
    package let sha256: String
    /// The verdict's JSON.
    package let document: [UInt8]
    /// A JPEG, where one was asked for.
    package let heatmap: [UInt8]?
    /// What its files' names begin with, where the outbox's file system can't have the image's own name; the ledger keeps it.
    package var spelling: FilePath?

    package init(sha256: String, document: [UInt8], heatmap: [UInt8]? = nil, spelling: FilePath? = nil) {
        self.sha256 = sha256
        self.document = document
        self.heatmap = heatmap
        self.spelling = spelling
    }
}
