// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Hashing
package import LinuxIO
internal import Synchronization
package import SystemPackage

/// The bytes of one file, read piece by piece where they are asked for.
///
/// Not mapped: a mapped file that somebody truncates kills the process with SIGBUS (`man 2 mmap`). No memory is taken
/// for a piece before it is known to lie inside the file.
package final class ByteSource: Sendable {
    private enum Storage: ~Copyable {
        case memory([UInt8])
        case file(Descriptor)
    }

    /// For messages.
    package let path: String
    /// Bytes.
    package let count: Int
    /// The file as it was when it was opened; nil for bytes in memory.
    package let signature: FileSignature?
    private let storage: Storage
    private let handedOut = Atomic(0)

    /// How much was read so far, what was read again counted again: the work that a file makes.
    package var bytesRead: Int { handedOut.load(ordering: .relaxed) }

    /// Bytes that are in memory already.
    ///
    /// - Parameter path: what faults are told of.
    package init(_ bytes: [UInt8], path: String) {
        self.path = path
        count = bytes.count
        signature = nil
        storage = .memory(bytes)
    }

    /// Opens a regular file.
    package init(opening path: FilePath) throws(ModelFailure) {
        do throws(SystemFailure) {
            let descriptor = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
            let status = try descriptor.status()
            guard status.kind == .regular else {
                throw SystemFailure("open", path.string, status.kind == .folder ? .isDirectory : .invalidArgument)
            }
            self.path = path.string
            count = status.signature.bytes
            signature = status.signature
            storage = .file(descriptor)
        } catch {
            throw ModelFailure(error)
        }
    }

    /// `count` bytes from `offset`, all of them or a failure.
    package func bytes(at offset: Int, count wanted: Int) throws(ModelFailure) -> [UInt8] {
        guard offset >= 0, wanted >= 0, wanted <= count, offset <= count - wanted else { throw truncated(at: offset) }
        handedOut.add(wanted, ordering: .relaxed)
        switch storage {
        case .memory(let bytes): return Array(bytes[offset..<offset + wanted])
        case .file(let descriptor): return try read(descriptor.raw, at: offset, count: wanted)
        }
    }

    private func read(_ raw: CInt, at offset: Int, count wanted: Int) throws(ModelFailure) -> [UInt8] {
        var failure: Errno?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted {
                // SAFETY: the rest of the buffer has room for `wanted − filled` bytes.
                let got = unsafe pread(raw, buffer.baseAddress! + filled, wanted - filled, off_t(offset + filled))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = Errno(rawValue: errno) }
                if got <= 0 { return }
                filled += got
            }
        }
        if let failure { throw ModelFailure(SystemFailure("pread", path, failure)) }
        guard bytes.count == wanted else { throw truncated(at: offset) }
        return bytes
    }

    /// Whether the file is still the one that was opened, as far as its times and size tell.
    func isUnchanged() throws(ModelFailure) -> Bool {
        switch storage {
        case .memory: return true
        case .file(let descriptor):
            do throws(SystemFailure) {
                return try descriptor.status().signature == signature
            } catch {
                throw ModelFailure(error)
            }
        }
    }

    private func truncated(at offset: Int) -> ModelFailure {
        ModelFailure(
            .damaged, path, "ends before byte \(offset) and what should stand there (it has \(count) bytes)",
            remedy: "the file is truncated: copy or save it again")
    }

    /// The SHA-256 of all bytes, in lower-case hexadecimal.
    package func sha256() throws(ModelFailure) -> String {
        let chunk = 1 << 20
        var hash = SHA256()
        var offset = 0
        while offset < count {
            let piece = try bytes(at: offset, count: min(chunk, count - offset))
            hash.update(piece)
            offset += piece.count
        }
        return hash.finalize().hexadecimal
    }
}

extension ModelFailure {
    /// A failed system call: the model is missing, or the machine is at fault.
    package init(_ failure: SystemFailure) {
        let isMissing = failure.isAbsence
        self.init(
            isMissing ? .missing : .inputOutput, failure.path, "\(failure.call) failed: \(failure.code.description)",
            remedy: isMissing ? "check the path" : "check the disk and the rights of the service's user")
    }
}
