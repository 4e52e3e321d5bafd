// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
package import SystemPackage

/// An open folder, from which files are reached without ever following a link on the way.
///
/// Whoever may write into the inbox may also put a link there that leads to `/etc`, or move a folder away while it is looked
/// at. So everything below a folder that others may write to is reached from the open folder itself, by a path that the kernel
/// keeps beneath it and without links: no window between check and use. What changes entries is in `Folder+Changes.swift`.
package struct Folder: ~Copyable, Sendable {
    package let descriptor: Descriptor

    /// Opens the folder itself; the administrator may have made this one a link.
    package init(_ path: FilePath) throws(SystemFailure) {
        descriptor = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
    }

    private init(descriptor: consuming Descriptor) { self.descriptor = descriptor }

    package var path: FilePath { descriptor.path }

    /// Opens a folder below this one; an empty path is this folder again. See `man 2 openat2`.
    package func subfolder(_ relative: FilePath) throws(SystemFailure) -> Folder {
        if relative.isEmpty { return try stepwise(relative) }
        let raw = retryingInterrupts {
            unsafe relative.withPlatformString {
                unsafe clinux_open_beneath(descriptor.raw, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            }
        }
        if raw >= 0 { return Folder(descriptor: Descriptor(raw: raw, path: path.pushing(relative))) }
        let failure = SystemFailure.current("open", path.pushing(relative))
        // Kernels before 5.6 have no such call, and a filter of system calls may refuse it.
        guard failure.code == .noFunction || failure.code == .notPermitted else { throw failure }
        return try stepwise(relative)
    }

    /// The same by steps, each opened by itself from the folder before it.
    package func stepwise(_ relative: FilePath) throws(SystemFailure) -> Folder {
        if Self.isTooLong(relative) { throw SystemFailure("open", path.pushing(relative).string, .fileNameTooLong) }
        var current = try Descriptor.open(
            at: descriptor.raw, ".", O_RDONLY | O_DIRECTORY, shownAs: path)
        for component in relative.components {
            guard component.kind == .regular else {
                throw SystemFailure("open", path.pushing(relative).string, .improperLink)
            }
            current = try Descriptor.open(
                at: current.raw, FilePath(root: nil, components: component), O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
                shownAs: current.path.appending(component))
        }
        return Folder(descriptor: current)
    }

    /// Whether the kernel takes so long a path, with its final NUL. See `man 3 pathconf`, PATH_MAX.
    static func isTooLong(_ relative: FilePath) -> Bool { relative.length >= Int(PATH_MAX) }

    /// Opens a file below this folder for reading, never blocking on a FIFO and never following a link.
    package func openFile(_ relative: FilePath) throws(SystemFailure) -> Descriptor {
        let name = try lastName(of: relative)
        let parent = try subfolder(relative.removingLastComponent())
        return try parent.open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY)
    }

    /// Opens an entry of this very folder, never following a link.
    func open(_ name: FilePath, _ flags: CInt, mode: CInterop.Mode = 0) throws(SystemFailure) -> Descriptor {
        try Descriptor.open(at: descriptor.raw, name, flags | O_NOFOLLOW, mode: mode, shownAs: path.pushing(name))
    }

    /// The entry that a path below this folder ends in, as a path of one step.
    func lastName(of relative: FilePath) throws(SystemFailure) -> FilePath {
        guard let name = relative.lastComponent, name.kind == .regular else {
            throw SystemFailure("open", path.pushing(relative).string, .isDirectory)
        }
        return FilePath(root: nil, components: name)
    }

    /// What `lstat` says of a path below this folder. See `man 2 fstatat`.
    package func status(of relative: FilePath) throws(SystemFailure) -> FileStatus {
        let parent = try subfolder(relative.removingLastComponent())
        return try parent.statusOfEntry(relative)
    }

    /// The same; nil where there is nothing of that name.
    package func statusIfThere(_ relative: FilePath) throws(SystemFailure) -> FileStatus? {
        do throws(SystemFailure) {
            return try status(of: relative)
        } catch let error where error.isGone {
            return nil
        }
    }

    private func statusOfEntry(_ relative: FilePath) throws(SystemFailure) -> FileStatus {
        guard let name = relative.lastComponent else { return try descriptor.status() }
        var buffer = stat()
        let result = unsafe FilePath(root: nil, components: name).withPlatformString {
            unsafe fstatat(descriptor.raw, $0, &buffer, AT_SYMLINK_NOFOLLOW)
        }
        guard result == 0 else { throw .current("stat", path.appending(name)) }
        return FileStatus(buffer)
    }

    /// Every entry with its status, in no order; entries that vanish meanwhile are left out.
    package func entries() throws(SystemFailure) -> [(name: FilePath.Component, status: FileStatus)] {
        var found: [(name: FilePath.Component, status: FileStatus)] = []
        for name in try names() {
            do throws(SystemFailure) {
                found.append((name, try statusOfEntry(FilePath(root: nil, components: name))))
            } catch let error where error.isGone {
                continue
            }
        }
        return found
    }

    /// The names in the folder but `.` and `..`. See `man 3 readdir`.
    package func names() throws(SystemFailure) -> [FilePath.Component] {
        let copy = unsafe openat(descriptor.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw .current("open", path) }
        guard let stream = unsafe fdopendir(copy) else {
            let failure = SystemFailure.current("fdopendir", path)
            close(copy)
            throw failure
        }
        defer { unsafe _ = closedir(stream) }
        var found: [FilePath.Component] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            // SAFETY: d_name is NUL-terminated and valid until the next readdir on this stream.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe FilePath.Component(platformString: $0)
                }
            }
            if let name, name.kind == .regular { found.append(name) }
        }
        guard errno == 0 else { throw .current("readdir", path) }
        return found
    }
}
