// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

/// What the file system says about the configured folders: faults, and folders still to be made.
///
/// It looks and changes nothing; the verb that needs a missing folder makes it.
package struct FolderCheck: Sendable, Equatable {
    package private(set) var faults: [SettingsFault] = []

    /// Folders that are not there and whose parent is, ready to be made: the outbox, the state.
    package private(set) var missing: [FilePath] = []

    /// Looks at inbox, outbox, labelled and state, and makes none.
    package init(_ settings: Settings) {
        let needed = FolderAccess.read.union(settings.after == .keep ? [] : .write)
        let inbox = ConfiguredFolder(.inbox, settings.inbox, settings)
        let outbox = ConfiguredFolder(.outbox, settings.outbox, settings)
        let labelled = ConfiguredFolder(.labelled, settings.labelled, settings)
        let state = ConfiguredFolder(.state, settings.state, settings)

        keepApart([inbox, outbox, labelled, state])
        refuse(outbox, inside: inbox, "each verdict would be looked at as a new arrival")
        refuse(inbox, inside: outbox, "images would lie among the verdicts")
        refuse(state, inside: inbox, "the ledger and the archive would be looked at as new arrivals")
        refuse(labelled, inside: inbox, "images with a known answer would be screened again")

        examine(inbox, needs: needed, canBeMade: false)
        examine(outbox, needs: .write, canBeMade: true)
        examine(state, needs: .write, canBeMade: true)
    }

    private mutating func note(_ folder: ConfiguredFolder, _ message: String, _ remedy: String) {
        faults.append(
            SettingsFault(key: folder.key.name, source: folder.origin, message: message, remedy: remedy))
    }

    private mutating func keepApart(_ folders: [ConfiguredFolder]) {
        for (index, folder) in folders.enumerated() {
            if let earlier = folders[..<index].first(where: { $0.isSame(as: folder) }) {
                note(folder, "\(folder.path) is the \(earlier.key.name) too", "Give each its own folder.")
            }
        }
    }

    private mutating func refuse(_ inner: ConfiguredFolder, inside outer: ConfiguredFolder, _ consequence: String) {
        guard inner.canonical.starts(with: outer.canonical), !inner.isSame(as: outer) else { return }
        note(
            inner, "\(inner.path) lies inside the \(outer.key.name) \(outer.path), so \(consequence)",
            "Put the two side by side.")
    }

    private mutating func examine(_ folder: ConfiguredFolder, needs access: FolderAccess, canBeMade: Bool) {
        do throws(Errno) {
            try folder.examine(access)
        } catch {
            if error == .noSuchFileOrDirectory, canBeMade, (try? folder.parent.examine(.write)) != nil {
                missing.append(folder.path)
            } else {
                note(folder, folder.message(for: error, access), folder.remedy(for: error, access))
            }
        }
    }
}
