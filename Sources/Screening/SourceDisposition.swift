// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

/// What becomes of an image once its verdict is in the outbox.
package enum SourceDisposition: Sendable, Equatable {
    case keep
    /// Moved below this folder, by date: `YYYY/MM/DD/NAME`.
    case archive(FilePath)
    case delete
}
