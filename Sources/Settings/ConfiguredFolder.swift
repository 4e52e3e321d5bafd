// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SystemPackage

/// What a folder must let the program do.
struct FolderAccess: OptionSet {
    let rawValue: Int32
    /// List it and open what is in it.
    static let read = FolderAccess(rawValue: R_OK | X_OK)
    /// Make and remove files in it.
    static let write = FolderAccess(rawValue: R_OK | W_OK | X_OK)
}

/// One configured folder as the file system knows it.
struct ConfiguredFolder {
    let key: SettingKey
    let path: FilePath
    let origin: String
    /// Absolute, without links and dots; what is not there yet is appended as written.
    let canonical: FilePath

    init(_ key: SettingKey, _ path: FilePath, _ settings: Settings) {
        self.init(key: key, path: path, origin: settings.provenance[key]?.origin ?? "default")
    }

    private init(key: SettingKey, path: FilePath, origin: String) {
        self.key = key
        self.path = path
        self.origin = origin
        self.canonical = Self.canonicalPath(path)
    }

    var parent: ConfiguredFolder {
        ConfiguredFolder(key: key, path: canonical.removingLastComponent(), origin: origin)
    }

    /// Also true where one is a bind mount of the other, which no path shows.
    func isSame(as other: ConfiguredFolder) -> Bool {
        if canonical == other.canonical { return true }
        guard let mine = try? status(), let theirs = try? other.status() else { return false }
        return mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
    }

    /// Throws the error number that using the folder would meet.
    func examine(_ access: FolderAccess) throws(Errno) {
        guard try status().st_mode & S_IFMT == S_IFDIR else { throw .notDirectory }
        guard faccessat(AT_FDCWD, path.string, access.rawValue, AT_EACCESS) == 0 else { throw Errno(rawValue: errno) }
    }

    func message(for error: Errno, _ access: FolderAccess) -> String {
        switch error {
        case .noSuchFileOrDirectory: "there is no folder \(path)"
        case .notDirectory: "\(path) is not a folder"
        case .permissionDenied: "\(path) may not be \(access.contains(.write) ? "written to" : "read") by this user"
        case .readOnlyFileSystem: "\(path) is on a read-only file system"
        default: "\(path) cannot be used: \(error)"
        }
    }

    func remedy(for error: Errno, _ access: FolderAccess) -> String {
        switch error {
        case .noSuchFileOrDirectory: "Make it, or name another folder."
        case .notDirectory: "Name a folder."
        case .permissionDenied:
            "Give the group fundusd the right: chgrp fundusd and chmod g+\(access.contains(.write) ? "rwx" : "rx")."
        case .readOnlyFileSystem:
            "Mount it for writing; under systemd, name it in ReadWritePaths= (systemctl edit fundusd)."
        default: "Name another folder."
        }
    }

    private func status() throws(Errno) -> stat {
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
        return status
    }

    private static func canonicalPath(_ path: FilePath) -> FilePath {
        var existing = path
        var rest: [FilePath.Component] = []
        while let last = existing.lastComponent {
            if let real = realPath(existing) { return real.appending(rest.reversed()).lexicallyNormalized() }
            rest.append(last)
            existing.removeLastComponent()
        }
        let start: FilePath = existing.isEmpty ? "." : existing
        return (realPath(start) ?? start).appending(rest.reversed()).lexicallyNormalized()
    }

    private static func realPath(_ path: FilePath) -> FilePath? {
        guard let real = realpath(path.string, nil) else { return nil }
        defer { free(real) }
        return FilePath(String(cString: real))
    }
}
