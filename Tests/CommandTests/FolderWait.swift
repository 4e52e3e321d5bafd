// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage

/// Waits until something is true of a folder, looking again whenever the kernel tells of a change in it.
enum FolderWait {
    /// Far above what any test needs on a loaded machine.
    static let patience = Duration.seconds(30)

    static func until(
        _ what: String, in folder: FilePath, within limit: Duration = patience, _ isTrue: () throws -> Bool
    ) throws {
        let inotify = try Inotify()
        _ = try inotify.watch(Folder(folder))
        let wakeUp = try WakeUp()
        let deadline = ContinuousClock.now + limit
        while try !isTrue() {
            guard .now < deadline else { throw LateError(waitedFor: what) }
            wakeUp.sleep(orUntilReadable: inotify.descriptor.raw, atMost: deadline - .now)
            _ = try inotify.events()
        }
    }
}
