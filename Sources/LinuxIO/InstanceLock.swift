internal import Glibc
package import SystemPackage

/// Held by the one process that may write to a state folder; the kernel frees it when that process ends, however.
package struct InstanceLock: ~Copyable, Sendable {
    private let file: Descriptor

    /// Takes the lock, or returns nil when another process has it. See `man 2 flock`.
    package static func acquire(at path: FilePath) throws(SystemFailure) -> InstanceLock? {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o640)
        if flock(file.raw, LOCK_EX | LOCK_NB) == 0 { return InstanceLock(file: file) }
        let failure = SystemFailure.current("flock", path)
        if failure.code == .wouldBlock { return nil }
        throw failure
    }

    private init(file: consuming Descriptor) { self.file = file }
}
