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

    /// Frees it before the process ends.
    package consuming func release() {}
}
