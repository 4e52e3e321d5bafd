// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import SystemPackage

extension FileStatus {
    /// What has this name, a link itself included; nil where nothing has it. See `man 2 lstat`.
    ///
    /// Only two errors say that nothing is there. All others say that it can't be known, which is no answer to act upon.
    package static func ofEntry(_ path: FilePath) throws(SystemFailure) -> FileStatus? {
        var buffer = stat()
        let result = unsafe path.withPlatformString { unsafe lstat($0, &buffer) }
        return result == 0 ? FileStatus(buffer) : try absence(SystemFailure.current("lstat", path))
    }

    /// What a path leads to, links followed; nil where it leads nowhere. See `man 2 stat`.
    package static func at(_ path: FilePath) throws(SystemFailure) -> FileStatus? {
        var buffer = stat()
        let result = unsafe path.withPlatformString { unsafe stat($0, &buffer) }
        return result == 0 ? FileStatus(buffer) : try absence(SystemFailure.current("stat", path))
    }

    private static func absence(_ failure: SystemFailure) throws(SystemFailure) -> FileStatus? {
        guard failure.isAbsence else { throw failure }
        return nil
    }
}

extension SystemFailure {
    /// Whether it says that nothing has this name, or that what should be a folder on the way is none.
    package var isAbsence: Bool { code == .noSuchFileOrDirectory || code == .notDirectory }
}
