// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
package import SystemPackage

/// A file in which a process that crashes leaves word for the next one: the signal, and whose picture may be at fault.
///
/// A picture is suspected only where the thread that crashed was decoding, grading or judging its bytes, or where one was in a
/// loop over them until the watchdog came. A disk that hangs or fails under mapped weights, memory that could not be had,
/// and all other code are the machine's or the program's own fault. SIGKILL and a power cut leave nothing.
package enum CrashNote {
    /// What a thread does with a picture's bytes.
    package enum Stage: Sendable {
        case decode, grade, network
    }

    /// The SHA-256 of the picture that may have ended the process before; nil where none is suspected.
    package static func suspect(in path: FilePath) throws(SystemFailure) -> String? {
        do throws(SystemFailure) {
            let bytes = try Descriptor.open(path, O_RDONLY).read(upTo: 128)
            // "11 decode 0123…"; only the number where nobody is suspected, or an older version wrote it.
            let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            return words.count == 3 && words[2].count == clinux_digest_digits ? String(words[2]) : nil
        } catch let error where error.isGone {
            return nil
        }
    }

    /// Empties the note and has this process leave its own there.
    package static func begin(_ path: FilePath) throws(SystemFailure) {
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o640)
        let raw = fcntl(file.raw, F_DUPFD_CLOEXEC, 0)
        // The number stays valid for the process's life: a crash may come at any time.
        guard raw >= 0, clinux_note_crashes(raw) == 0 else { throw .current("sigaction", path) }
    }

    /// Works on a picture's bytes; a crash of this thread meanwhile may be its fault.
    package static func within<Result, Failure>(
        _ stage: Stage, sha256: String, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // What has no hash is no picture of the inbox.
        guard sha256.utf8.count == clinux_digest_digits else { return try body() }
        unsafe sha256.withCString { unsafe clinux_enter_stage(stage.raw, $0) }
        defer { clinux_leave_stage() }
        return try body()
    }
}

extension CrashNote.Stage {
    fileprivate var raw: clinux_stage {
        switch self {
        case .decode: CLINUX_DECODE
        case .grade: CLINUX_GRADE
        case .network: CLINUX_NETWORK
        }
    }
}
