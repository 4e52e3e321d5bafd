// SPDX-License-Identifier: Apache-2.0
internal import Fixtures
internal import Glibc
internal import LinuxIO
internal import SystemPackage

/// A file system of a few megabytes, which can be full or read-only. See `man 5 tmpfs`; takes root.
final class SmallDisk {
    private let path: FilePath
    /// Removed after the disk in it is gone: a mount point can't be.
    private let folder: TemporaryFolder
    private var filler: FilePath { path.appending(".filler") }

    /// Nil where this process may not mount.
    init?(_ name: String, in folder: TemporaryFolder, megabytes: Int) {
        path = folder.path.appending(name)
        self.folder = folder
        guard unsafe mount("tmpfs", path.string, "tmpfs", 0, "size=\(megabytes)m,mode=0750") == 0 else { return nil }
    }

    deinit { unsafe umount2(path.string, CInt(MNT_DETACH)) }

    /// Takes all room that is left.
    func fill() throws(SystemFailure) {
        let file = try Descriptor.open(filler, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        for size in [1 << 16, 1 << 12, 1] {
            let block = [UInt8](repeating: 0, count: size)
            while true {
                do throws(SystemFailure) {
                    try file.write(block)
                } catch {
                    guard error.code == .noSpace else { throw error }
                    break
                }
            }
        }
    }

    func free() { unsafe unlink(filler.string) }

    func forbidWriting() { remount(UInt(MS_RDONLY)) }

    func allowWriting() { remount(0) }

    private func remount(_ flags: UInt) {
        _ = unsafe mount(nil, path.string, nil, UInt(MS_REMOUNT) | flags, nil)
    }
}
