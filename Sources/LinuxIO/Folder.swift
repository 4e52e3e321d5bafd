internal import Glibc
package import SystemPackage

/// An open folder, from which files are reached without ever following a link on the way.
///
/// Whoever may write into the inbox may also put a link there that leads to `/etc`. So each step of a relative path is
/// opened by itself with `O_NOFOLLOW` from the folder before it (`man 2 openat`): no window between check and use.
package struct Folder: ~Copyable, Sendable {
    package let descriptor: Descriptor

    /// Opens the folder itself; the administrator may have made this one a link.
    package init(_ path: FilePath) throws(SystemFailure) {
        descriptor = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
    }

    private init(descriptor: consuming Descriptor) { self.descriptor = descriptor }

    package var path: FilePath { descriptor.path }

    /// Opens a folder below this one; an empty path is this folder again.
    package func subfolder(_ relative: FilePath) throws(SystemFailure) -> Folder {
        var current = try Descriptor.open(
            at: descriptor.raw, ".", O_RDONLY | O_DIRECTORY, shownAs: path)
        for component in relative.components {
            current = try Descriptor.open(
                at: current.raw, FilePath(root: nil, components: component), O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
                shownAs: current.path.appending(component))
        }
        return Folder(descriptor: current)
    }

    /// Opens a file below this folder for reading, never blocking on a FIFO and never following a link.
    package func openFile(_ relative: FilePath) throws(SystemFailure) -> Descriptor {
        guard let name = relative.lastComponent else { throw SystemFailure("open", path.string, .isDirectory) }
        let parent = try subfolder(relative.removingLastComponent())
        return try Descriptor.open(
            at: parent.descriptor.raw, FilePath(root: nil, components: name),
            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
            shownAs: path.pushing(relative))
    }

    /// What `lstat` says of a path below this folder. See `man 2 fstatat`.
    package func status(of relative: FilePath) throws(SystemFailure) -> FileStatus {
        let parent = try subfolder(relative.removingLastComponent())
        return try parent.statusOfEntry(relative)
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
