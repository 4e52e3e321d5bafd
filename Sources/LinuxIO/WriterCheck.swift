// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
internal import SystemPackage

/// Whether somebody has a file open for writing at this moment.
package enum WriterCheck: Sendable, Equatable {
    case noWriter
    case openForWriting
    /// The kernel would not tell: another user's file without `CAP_LEASE`, or a file system without leases.
    case unknown

    /// Asks for a read lease, which the kernel grants only on a file that nobody has open for writing, and gives it
    /// back at once. See `man 2 fcntl`, "Leases".
    ///
    /// A writer who comes in between waits for the lease's return. The signal that this would send is set to SIGURG,
    /// which is ignored by default, in place of SIGIO, which ends the process.
    package static func of(_ file: borrowing Descriptor) -> WriterCheck {
        guard fcntl(file.raw, CInt(clinux_F_SETSIG), SIGURG) == 0 else { return .unknown }
        if fcntl(file.raw, CInt(clinux_F_SETLEASE), F_RDLCK) == 0 {
            _ = fcntl(file.raw, CInt(clinux_F_SETLEASE), F_UNLCK)
            return .noWriter
        }
        return Errno.current == .resourceTemporarilyUnavailable ? .openForWriting : .unknown
    }
}
