// SPDX-License-Identifier: Apache-2.0
internal import Fixtures
internal import Glibc
internal import LinuxIO
internal import SystemPackage

/// A folder mounted over the inbox, as a file server's is; takes root. See `man 2 mount`, MS_BIND.
final class Share {
    /// The same files, whether it is mounted or not.
    let behind: FilePath
    private let inbox: FilePath
    /// Removed after it is unmounted: a mount point can't be.
    private let folder: TemporaryFolder

    /// Nil where this process may not mount.
    init?(inbox: FilePath, in folder: TemporaryFolder) {
        behind = folder.path.appending("share")
        self.inbox = inbox
        self.folder = folder
        guard (try? AtomicFile.makeFolder(behind)) != nil, mount() else { return nil }
    }

    deinit { unmount() }

    @discardableResult func mount() -> Bool {
        unsafe Glibc.mount(behind.string, inbox.string, nil, UInt(MS_BIND), nil) == 0
    }

    /// At once, and whoever has a file of it open goes on with that: see `man 2 umount2`, MNT_DETACH.
    func unmount() { unsafe umount2(inbox.string, CInt(MNT_DETACH)) }
}
