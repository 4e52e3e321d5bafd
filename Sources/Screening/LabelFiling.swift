// SPDX-License-Identifier: Apache-2.0
package import Ledger
package import LinuxIO
package import Review
package import SystemPackage
internal import Verdict

/// Puts a picture into the folder of the class that a person named by command.
package struct LabelFiling: Sendable {
    private let labelled: FilePath
    private let review: FilePath

    package init(labelled: FilePath, review: FilePath) {
        self.labelled = labelled
        self.review = review
    }

    /// Moves or copies it there; done before is done.
    ///
    /// - Parameters:
    ///   - others: classes that it keeps: somebody else put it there.
    ///   - inbox: where it may lie too; nil where that isn't to be looked at.
    /// - Returns: false where no file with that content is to be found.
    package func file(
        _ content: Ledger.Reviewed, as label: GivenLabel, besides others: [GivenLabel], inbox: FilePath?
    ) throws(SystemFailure) -> Bool {
        let folder = try Folder(labelled)
        try folder.makeFolders(FilePath(label.rawValue), permissions: 0o770)
        var finder = PictureFinder()
        let sightings = try finder.look(for: [content], labelled: labelled, review: review)
        let here = sightings.labelled[content.sha256] ?? [:]
        if here[label] != nil { return true }
        if let waiting = sightings.waiting[content.sha256]?.first {
            return try move(waiting.path, of: Folder(review), to: label, content)
        }
        // The same person's other mind: nobody says that class any more.
        if let former = here.first(where: { !others.contains($0.key) })?.value {
            return try move(former.path, of: folder, to: label, content)
        }
        if let other = here.values.first { return try copy(other.path, of: folder, to: label, content) }
        guard let inbox else { return false }
        let source = try Folder(inbox)
        guard try source.holdsIfThere(content.sha256, at: content.name.path) else { return false }
        return try copy(content.name.path, of: source, to: label, content)
    }

    private func targets(_ label: GivenLabel, _ content: Ledger.Reviewed) -> [FilePath] {
        LabelledName.candidates(for: content.name, sha256: content.sha256).map { FilePath(label.rawValue).pushing($0) }
    }

    private func move(
        _ path: FilePath, of source: borrowing Folder, to label: GivenLabel, _ content: Ledger.Reviewed
    ) throws(SystemFailure) -> Bool {
        let folder = try Folder(labelled)
        for target in targets(label, content) {
            do throws(SystemFailure) {
                if try source.moveIfFree(path, to: target, in: folder) { return true }
            } catch let error where error.code == .improperLink {
                // Another file system.
                guard try copy(path, of: source, to: label, content) else { return false }
                try source.remove(path)
                return true
            }
        }
        throw SystemFailure("rename", labelled.pushing(FilePath(label.rawValue)).string, .fileExists)
    }

    private func copy(
        _ path: FilePath, of source: borrowing Folder, to label: GivenLabel, _ content: Ledger.Reviewed
    ) throws(SystemFailure) -> Bool {
        let folder = try Folder(labelled)
        for target in targets(label, content) {
            let isCopied = try folder.copyIfFree(source.openFile(path), to: target)
            if try folder.holds(content.sha256, at: target) { return true }
            // Written to while it was copied.
            if isCopied {
                try folder.remove(target)
                return false
            }
        }
        throw SystemFailure("rename", labelled.pushing(FilePath(label.rawValue)).string, .fileExists)
    }
}

extension Folder {
    fileprivate func holdsIfThere(_ sha256: String, at relative: FilePath) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            return try holds(sha256, at: relative)
        } catch let error where error.isGone {
            return false
        }
    }
}
