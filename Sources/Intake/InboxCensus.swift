// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage
package import Verdict

/// Counts what lies in the inbox without touching it.
package struct InboxCensus: Equatable, Sendable {
    /// Regular files that the ledger does not know, or that have changed since.
    package private(set) var new = 0
    /// Files with names that are never taken.
    package private(set) var skipped = 0

    /// - Parameter known: what the ledger has dealt with.
    /// - Throws: where the inbox, or with `isRecursive` a folder of it, can't be read.
    package init(root: FilePath, isRecursive: Bool, known: [ImageName: FileSignature]) throws(SystemFailure) {
        try count(Folder(root), at: FilePath(), isRecursive, known)
    }

    private mutating func count(
        _ folder: borrowing Folder, at relative: FilePath, _ isRecursive: Bool, _ known: [ImageName: FileSignature]
    ) throws(SystemFailure) {
        for (component, status) in try folder.entries() {
            let name = ImageName(relative.appending(component))
            switch status.kind {
            case .regular where name.isSkipped: skipped += 1
            case .regular where known[name].map(status.signature.isKnown) != true: new += 1
            case .folder where isRecursive && !name.isSkipped:
                try count(
                    folder.subfolder(FilePath(root: nil, components: component)), at: name.path, isRecursive, known)
            default: continue
            }
        }
    }
}
