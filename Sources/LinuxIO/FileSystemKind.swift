// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import SystemPackage

/// Whether the kernel of this machine sees every write to a folder: it does not when another machine can write there.
package enum FileSystemKind: Sendable, Equatable {
    /// Events can be trusted.
    case local
    /// Writes of other machines raise no event here, so the folder must be polled. Holds the file system's name.
    case network(String)

    /// Asks the kernel what a folder lies on. See `man 2 statfs`.
    package static func of(_ folder: borrowing Folder) throws(SystemFailure) -> FileSystemKind {
        var buffer = statfs()
        guard unsafe fstatfs(folder.descriptor.raw, &buffer) == 0 else { throw .current("fstatfs", folder.path) }
        return of(magic: UInt32(truncatingIfNeeded: buffer.f_type))
    }

    /// Magic numbers from `man 2 statfs`, `linux/magic.h` and GNU coreutils' `src/stat.c`.
    ///
    /// FUSE may be sshfs as well as a local disk: polled. So is what a virtual machine's guest sees of its host (vboxsf, vmhgfs,
    /// prl_fs, 9p, and virtiofs and vmhgfs-fuse by FUSE's number): what the host writes there raises no event in the guest.
    package static func of(magic: UInt32) -> FileSystemKind {
        switch magic {
        case 0x6969: .network("NFS")
        case 0xFF53_4D42: .network("CIFS")
        case 0xFE53_4D42: .network("SMB2")
        case 0x517B: .network("SMB")
        case 0x6573_5546: .network("FUSE")
        case 0x0102_1997: .network("9P")
        case 0x00C3_6400: .network("Ceph")
        case 0x5346_414F, 0x6B41_4653: .network("AFS")
        case 0x7375_7245: .network("Coda")
        case 0x564C: .network("NCP")
        case 0x0BD0_0BD0: .network("Lustre")
        case 0x4750_4653: .network("GPFS")
        case 0x0116_1970: .network("GFS2")
        case 0x7461_636F: .network("OCFS2")
        case 0x786F_4256: .network("vboxsf")
        case 0xBACB_ACBC: .network("vmhgfs")
        case 0x7C7C_6673: .network("prl_fs")
        default: .local
        }
    }
}
