// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import LinuxIO
internal import SystemPackage

/// Symbolic links that change their target in one step, and what else the store asks of folders.
enum FolderLinks {
    /// Where a link leads, or nil where nothing has its name. See `man 2 readlink`.
    ///
    /// - Throws: where it can't be read, or is no link (EINVAL): neither means that there is none.
    static func target(of link: FilePath) throws(ModelFailure) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe link.withPlatformString { unsafe readlink($0, &buffer, buffer.count) }
        if count < 0 {
            let failure = SystemFailure("readlink", link.string, Errno(rawValue: errno))
            if failure.isAbsence { return nil }
            throw ModelFailure(failure)
        }
        guard count > 0, count < buffer.count else { return nil }
        return String(validating: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Makes or replaces a link: a temporary link renamed over it, so that every reader sees the old or the new one.
    static func point(_ link: FilePath, to target: String) throws(SystemFailure) {
        let temporary = link.removingLastComponent().appending(
            ".\(link.lastComponent?.string ?? "").\(UInt64.random(in: 0 ... .max))")
        guard unsafe temporary.withPlatformString({ unsafe symlink(target, $0) }) == 0 else {
            throw SystemFailure("symlink", temporary.string, Errno(rawValue: errno))
        }
        do throws(SystemFailure) {
            try AtomicFile.rename(temporary, to: link)
        } catch {
            try? AtomicFile.remove(temporary)
            throw error
        }
        try AtomicFile.synchronizeFolder(of: link)
    }

    /// Whether a name is one that `point` gives a link before it renames it.
    static func isUnfinished(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].isEmpty && !parts[1].isEmpty && UInt64(parts[2]) != nil
    }

    static func removeEmptyFolder(_ path: FilePath) throws(SystemFailure) {
        guard unsafe path.withPlatformString({ unsafe rmdir($0) }) == 0 else {
            throw SystemFailure("rmdir", path.string, Errno(rawValue: errno))
        }
    }
}
