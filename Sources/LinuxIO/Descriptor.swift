// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import SystemPackage

/// An open file descriptor with one owner: closed when the owner lets go of it.
///
/// Copyable descriptors can be closed twice and then close somebody else's file; this one can't be copied.
package struct Descriptor: ~Copyable, Sendable {
    package let raw: CInt
    /// Where it was opened, for messages only.
    package let path: FilePath

    deinit { _ = Glibc.close(raw) }

    /// Opens a path, close-on-exec. See `man 2 open`.
    package static func open(
        _ path: FilePath, _ flags: CInt, mode: CInterop.Mode = 0
    ) throws(SystemFailure) -> Descriptor {
        try open(at: AT_FDCWD, path, flags, mode: mode, shownAs: path)
    }

    /// Opens a path relative to an open folder. See `man 2 openat`.
    static func open(
        at folder: CInt, _ path: FilePath, _ flags: CInt, mode: CInterop.Mode = 0, shownAs shown: FilePath
    ) throws(SystemFailure) -> Descriptor {
        let raw = retryingInterrupts {
            unsafe path.withPlatformString { unsafe Glibc.openat(folder, $0, flags | O_CLOEXEC, mode) }
        }
        guard raw >= 0 else { throw .current("open", shown) }
        return Descriptor(raw: raw, path: shown)
    }

    /// What the kernel knows of the open file. See `man 2 fstat`.
    package func status() throws(SystemFailure) -> FileStatus {
        var buffer = stat()
        guard unsafe fstat(raw, &buffer) == 0 else { throw .current("fstat", path) }
        return FileStatus(buffer)
    }

    /// Reads up to `count` bytes from the current position; an empty array is the end of the file.
    package func read(upTo count: Int) throws(SystemFailure) -> [UInt8] {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            // SAFETY: read(2) writes at most `count` bytes into a buffer of that capacity.
            let got = retryingInterrupts { unsafe Glibc.read(raw, buffer.baseAddress, count) }
            failed = got < 0
            filled = max(0, got)
        }
        if failed { throw .current("read", path) }
        return bytes
    }

    /// Reads up to `count` bytes at an offset and leaves the position where it is. See `man 2 pread`.
    package func read(upTo count: Int, at offset: Int) throws(SystemFailure) -> [UInt8] {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            // SAFETY: pread(2) writes at most `count` bytes into a buffer of that capacity.
            let got = retryingInterrupts { unsafe Glibc.pread(raw, buffer.baseAddress, count, off_t(offset)) }
            failed = got < 0
            filled = max(0, got)
        }
        if failed { throw .current("pread", path) }
        return bytes
    }

    /// A descriptor of its own for standard input.
    package static func standardInput() throws(SystemFailure) -> Descriptor {
        let raw = dup(STDIN_FILENO)
        guard raw >= 0 else { throw .current("dup", "standard input") }
        return Descriptor(raw: raw, path: "standard input")
    }

    /// Writes all bytes, however many calls that takes.
    package func write(_ bytes: [UInt8]) throws(SystemFailure) {
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                // SAFETY: the slice from `done` holds exactly the remaining bytes.
                retryingInterrupts {
                    unsafe Glibc.write(raw, buffer.baseAddress! + done, buffer.count - done)
                }
            }
            guard written > 0 else { throw .current("write", path) }
            done += written
        }
    }

    /// Returns once the file's content is on the disk. See `man 2 fsync`.
    package func synchronize() throws(SystemFailure) {
        guard retryingInterrupts({ fsync(raw) }) == 0 else { throw .current("fsync", path) }
    }
}

extension Errno {
    /// errno of this thread; read it before anything else can change it.
    static var current: Errno { Errno(rawValue: errno) }
}

/// Calls again while a signal interrupted the call. See `man 7 signal`, "Interruption of system calls".
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || Errno.current != .interrupted { return result }
    }
}
