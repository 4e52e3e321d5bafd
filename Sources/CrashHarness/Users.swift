// SPDX-License-Identifier: Apache-2.0
internal import CFaults
internal import Glibc
package import LinuxIO
internal import SystemPackage

/// Who is who, where this process is root: the daemon a user without privileges, the files another user's, with a group in
/// common. So it is for the installed service, and there the kernel refuses more and tells less: no lease on another user's
/// file, no second name for it (`man 5 proc`, protected_hardlinks), no writing to it.
package struct Users: Sendable {
    private let daemon: uid_t
    private let daemonGroup: gid_t
    private static let sender: uid_t = 65_533
    private static let shared: gid_t = 65_533
    private static let setpriv = "/usr/bin/setpriv"

    /// Nil where this process can't play others, or need not: it is not root, or root is asked for.
    package init?(daemon name: String) throws(SystemFailure) {
        guard geteuid() == 0, name != "root", unsafe access(Self.setpriv, X_OK) == 0 else { return nil }
        guard let entry = unsafe getpwnam(name) else { throw SystemFailure("look up", name, .noSuchFileOrDirectory) }
        (daemon, daemonGroup) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    /// What stands before a command of the daemon's: it changes the user and becomes that command.
    var command: [String] {
        [
            Self.setpriv, "--reuid=\(daemon)", "--regid=\(daemonGroup)", "--groups=\(Self.shared)", "--no-new-privs",
        ]
    }

    /// What this thread does with files from here on, their sender does: see `man 2 setfsuid`.
    func beSender() {
        umask(0o007)
        setfsgid(Self.shared)
        setfsuid(Self.sender)
    }

    func beRoot() {
        setfsuid(0)
        setfsgid(0)
        umask(0o022)
    }

    /// A folder that both write to: new files in it have its group.
    func share(_ folder: FilePath) throws(SystemFailure) {
        try own(folder, daemon, Self.shared, permissions: 0o2770)
    }

    func giveToSender(_ folder: FilePath) throws(SystemFailure) {
        try own(folder, Self.sender, Self.shared, permissions: 0o2770)
    }

    /// All of a folder, for the daemon alone.
    func giveToDaemon(_ folder: FilePath) throws(SystemFailure) {
        for (path, status) in try Folder(folder).tree() where status.kind != .link {
            try own(folder.pushing(path), daemon, daemonGroup, permissions: status.permissions)
        }
        try own(folder, daemon, daemonGroup, permissions: 0o750)
    }

    func giveFileToDaemon(_ path: FilePath) throws(SystemFailure) {
        try own(path, daemon, daemonGroup, permissions: 0o600)
    }

    /// Everybody may pass.
    static func open(_ folder: FilePath) throws(SystemFailure) {
        guard unsafe chmod(folder.string, 0o755) == 0 else { throw SystemFailure("chmod", folder.string, .last) }
    }

    private func own(
        _ path: FilePath, _ user: uid_t, _ group: gid_t, permissions: CInterop.Mode
    ) throws(SystemFailure) {
        // In this order: a change of owner takes the setgid bit away.
        guard unsafe chown(path.string, user, group) == 0, unsafe chmod(path.string, permissions) == 0 else {
            throw SystemFailure("chown", path.string, .last)
        }
    }
}

extension Errno {
    fileprivate static var last: Errno { Errno(rawValue: errno) }
}
