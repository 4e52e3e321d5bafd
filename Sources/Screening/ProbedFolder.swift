// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import Synchronization

/// What a folder's file system can do, tried when it is first asked for and whenever another one lies there.
final class ProbedFolder: Sendable {
    private struct Knowledge {
        var place: Folder.Place?
        var abilities = FileSystemAbilities.ordinary
    }

    private let knowledge = Mutex(Knowledge())

    func abilities(of folder: borrowing Folder) throws(SystemFailure) -> FileSystemAbilities {
        let place = try folder.place()
        // Not while the lock is held: who waits for a slow disk would keep all others waiting.
        if let known = knowledge.withLock({ $0.place == place ? $0.abilities : nil }) { return known }
        let abilities = try folder.probe()
        knowledge.withLock { $0 = Knowledge(place: place, abilities: abilities) }
        return abilities
    }

    /// Has it tried anew the next time.
    func forget() { knowledge.withLock { $0.place = nil } }
}
