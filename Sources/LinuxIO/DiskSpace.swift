// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import SystemPackage

/// What a file system has left for this user. See `man 3 statvfs`.
package struct DiskSpace: Sendable, Equatable {
    /// For a user who is not root.
    package let freeBytes: Int
    /// Files that can still be made; nil where the file system has no such limit.
    package let freeFiles: Int?

    /// - Parameter path: anything on the disk.
    package init(of path: FilePath) throws(SystemFailure) {
        var status = statvfs()
        guard unsafe path.withPlatformString({ unsafe statvfs($0, &status) }) == 0 else {
            throw .current("statvfs", path)
        }
        let (bytes, overflow) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
        freeBytes = overflow ? .max : bytes
        freeFiles = status.f_files == 0 ? nil : Int(status.f_favail)
    }
}
