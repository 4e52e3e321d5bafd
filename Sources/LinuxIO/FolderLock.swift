// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import SystemPackage

/// Keeps the processes apart that change what lies in a folder; the kernel frees it when its holder ends, however.
///
/// On the folder itself (`man 2 flock`): no file that another user has made could be in the way.
package struct FolderLock: ~Copyable, Sendable {
    private let folder: Descriptor

    /// Takes the lock, waiting for whoever has it.
    package init(_ path: FilePath) throws(SystemFailure) {
        let opened = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        while flock(opened.raw, LOCK_EX) != 0 {
            let failure = SystemFailure.current("flock", path)
            guard failure.code == .interrupted else { throw failure }
        }
        folder = opened
    }

    /// Takes the lock, or returns nil when another process has it, or the folder has gone from its path meanwhile.
    package static func acquire(at path: FilePath) throws(SystemFailure) -> FolderLock? {
        let opened = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        while flock(opened.raw, LOCK_EX | LOCK_NB) != 0 {
            let failure = SystemFailure.current("flock", path)
            if failure.code == .wouldBlock { return nil }
            guard failure.code == .interrupted else { throw failure }
        }
        // Its holder may have removed the folder after it was opened here: the lock of one that no path leads to keeps no one out.
        let (held, there) = (try opened.status().signature, try FileStatus.at(path)?.signature)
        guard held.inode == there?.inode, held.device == there?.device else { return nil }
        return FolderLock(folder: opened)
    }

    private init(folder: consuming Descriptor) { self.folder = folder }

    /// Frees it before the process ends.
    package consuming func release() {}
}
