// SPDX-License-Identifier: Apache-2.0
package import Glibc
package import SystemPackage

/// What `stat(2)` says of a file, as far as the intake needs it.
package struct FileStatus: Equatable, Sendable {
    /// As far as the intake tells them apart.
    package enum Kind: Sendable {
        case regular, folder, link, other
    }

    package let kind: Kind
    package let linkCount: Int
    /// The lower 12 bits of the mode, set-user-ID and sticky among them.
    package let permissions: CInterop.Mode
    /// The user's number.
    package let owner: UInt32
    package let signature: FileSignature

    package init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        linkCount = Int(status.st_nlink)
        permissions = status.st_mode & 0o7777
        owner = status.st_uid
        signature = FileSignature(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), bytes: Int(status.st_size),
            modified: status.st_mtim.nanoseconds, changed: status.st_ctim.nanoseconds)
    }
}

/// Equal signatures mean that a file was not written in between: what lets a rescan pass an old file by its stat alone.
///
/// The change time is part of it because the modification time can be set back (`man 2 utimensat`).
package struct FileSignature: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64
    package let bytes: Int
    /// Nanoseconds since 1970.
    package let modified: Int64
    /// Nanoseconds since 1970; set by the kernel alone.
    package let changed: Int64

    package init(device: UInt64, inode: UInt64, bytes: Int, modified: Int64, changed: Int64) {
        self.device = device
        self.inode = inode
        self.bytes = bytes
        self.modified = modified
        self.changed = changed
    }
}

extension timespec {
    /// Nanoseconds since 1970; times outside 1678…2262 are clamped.
    var nanoseconds: Int64 {
        let (seconds, overflow) = Int64(tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (tv_sec < 0 ? .min : .max) : seconds &+ Int64(tv_nsec)
    }
}
