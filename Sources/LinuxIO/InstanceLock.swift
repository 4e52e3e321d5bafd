// SPDX-License-Identifier: Apache-2.0
package import Glibc
package import SystemPackage

/// Held by the one process that may write to a state folder; the kernel frees it when that process ends, however.
///
/// A record lock (`man 2 fcntl`, "Advisory record locking"): unlike with `flock`, a reader can ask who holds it without
/// taking it for a moment, which could make a daemon that starts just then give up.
package struct InstanceLock: ~Copyable, Sendable {
    private let file: Descriptor

    /// Takes the lock, or returns nil when another process has it.
    package static func acquire(at path: FilePath) throws(SystemFailure) -> InstanceLock? {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o640)
        var request = wholeFile()
        if unsafe fcntl(file.raw, F_SETLK, &request) == 0 { return InstanceLock(file: file) }
        let failure = SystemFailure.current("fcntl", path)
        if failure.code == .resourceTemporarilyUnavailable || failure.code == .permissionDenied { return nil }
        throw failure
    }

    /// The process that holds the lock; nil when nobody does, or the file is not there.
    ///
    /// Never called by the holder itself: closing the file here would free that process's own lock.
    package static func holder(at path: FilePath) throws(SystemFailure) -> pid_t? {
        do throws(SystemFailure) {
            let file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW)
            var request = wholeFile()
            guard unsafe fcntl(file.raw, F_GETLK, &request) == 0 else { throw .current("fcntl", path) }
            return request.l_type == Int16(F_UNLCK) ? nil : request.l_pid
        } catch let error where error.isGone {
            return nil
        }
    }

    private init(file: consuming Descriptor) { self.file = file }

    private static func wholeFile() -> flock {
        var request = flock()
        request.l_type = Int16(F_WRLCK)
        request.l_whence = Int16(SEEK_SET)
        return request
    }
}
