// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import SystemPackage

/// Publishes files whole or not at all: temporary name, fsync, rename, fsync of the folder.
///
/// In folders of our own alone. Below one that others may write to, `Folder` does it, from an open descriptor.
///
/// After `write` returns, the content survives a power cut under its name; before, nobody sees a part of it. See
/// `man 2 rename` ("atomically replaced") and `man 2 fsync` ("does not necessarily ensure that the entry in the
/// directory … has also reached disk. For that an explicit fsync() on … the directory is also needed").
package enum AtomicFile {
    /// What every unfinished file's name begins with; the intake skips names that begin with a dot.
    package static let temporaryPrefix = ".fundusd-"

    /// Writes a file at `path`, replacing what was there in one step.
    package static func write(
        _ bytes: [UInt8], to path: FilePath, permissions: CInterop.Mode = 0o640
    ) throws(SystemFailure) {
        var bytes: [UInt8]? = bytes
        try write(pieces: { bytes.take() }, to: path, permissions: permissions)
    }

    /// The same for more than should lie in memory at once: asks for piece after piece until nil comes.
    package static func write(
        pieces: () -> [UInt8]?, to path: FilePath, permissions: CInterop.Mode = 0o640
    ) throws(SystemFailure) {
        guard path.lastComponent != nil else { throw SystemFailure("open", path.string, .isDirectory) }
        let temporary = path.removingLastComponent().appending(
            "\(temporaryPrefix)\(UInt64.random(in: 0 ... .max)).tmp")
        do throws(SystemFailure) {
            try writeThrough(pieces, to: temporary, permissions: permissions)
            try rename(temporary, to: path)
        } catch {
            unsafe _ = temporary.withPlatformString { unsafe unlink($0) }
            throw error
        }
        try synchronizeFolder(of: path)
    }

    /// Writes a file that everybody may read, whatever the process's umask.
    package static func writeForAll(_ bytes: [UInt8], to path: FilePath) throws(SystemFailure) {
        try write(bytes, to: path)
        guard unsafe path.withPlatformString({ unsafe chmod($0, 0o644) }) == 0 else { throw .current("chmod", path) }
    }

    private static func writeThrough(
        _ pieces: () -> [UInt8]?, to path: FilePath, permissions: CInterop.Mode
    ) throws(SystemFailure) {
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: permissions)
        while let piece = pieces() { try file.write(piece) }
        try file.synchronize()
    }

    /// Renames within one file system, replacing what was there.
    package static func rename(_ source: FilePath, to path: FilePath) throws(SystemFailure) {
        let result = unsafe source.withPlatformString { from in
            unsafe path.withPlatformString { unsafe Glibc.rename(from, $0) }
        }
        guard result == 0 else { throw .current("rename", path) }
    }

    /// - Throws: where there is no such file, too.
    package static func remove(_ path: FilePath) throws(SystemFailure) {
        guard unsafe path.withPlatformString({ unsafe unlink($0) }) == 0 else { throw .current("unlink", path) }
    }

    /// Makes the folder's entries durable.
    package static func synchronizeFolder(of path: FilePath) throws(SystemFailure) {
        let parent = path.removingLastComponent()
        try Folder(parent.isEmpty ? "." : parent).synchronize()
    }

    /// Makes a folder and those above it that are missing, each durable before the next. See `man 2 mkdir`.
    package static func makeFolder(_ path: FilePath, permissions: CInterop.Mode = 0o750) throws(SystemFailure) {
        if path.isEmpty || path.lastComponent == nil { return }
        if unsafe path.withPlatformString({ unsafe mkdir($0, permissions) }) == 0 {
            return try synchronizeFolder(of: path)
        }
        let failure = SystemFailure.current("mkdir", path)
        switch failure.code {
        case .fileExists: return
        case .noSuchFileOrDirectory:
            try makeFolder(path.removingLastComponent(), permissions: permissions)
            try makeFolder(path, permissions: permissions)
        default: throw failure
        }
    }

    /// Removes what a killed process left unfinished in a folder, and says how many files that were.
    @discardableResult
    package static func removeUnfinished(in folder: FilePath) throws(SystemFailure) -> Int {
        try Folder(folder).removeUnfinished()
    }
}

extension AtomicFile {
    /// Copies a file, whole or not at all; the entry is durable once its folder is synchronized.
    package static func copy(_ source: FilePath, to path: FilePath) throws(SystemFailure) {
        let reading = try Descriptor.open(source, O_RDONLY | O_NOFOLLOW)
        // Named after the source's inode: what a killed process left is overwritten by the next try, not added to.
        let inode = try reading.status().signature.inode
        let temporary = path.removingLastComponent().appending("\(temporaryPrefix)\(inode).tmp")
        do throws(SystemFailure) {
            try copyThrough(reading, to: temporary)
            try rename(temporary, to: path)
        } catch {
            unsafe _ = temporary.withPlatformString { unsafe unlink($0) }
            throw error
        }
    }

    private static func copyThrough(_ reading: borrowing Descriptor, to path: FilePath) throws(SystemFailure) {
        let writing = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o640)
        while true {
            let chunk = try reading.read(upTo: 1 << 20)
            if chunk.isEmpty { break }
            try writing.write(chunk)
        }
        try writing.synchronize()
    }

    /// Removes a folder if nothing is in it. See `man 2 rmdir`.
    package static func removeIfEmpty(_ folder: FilePath) {
        unsafe _ = folder.withPlatformString { unsafe rmdir($0) }
    }
}
