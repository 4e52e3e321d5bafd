internal import CLinux
internal import Glibc
package import SystemPackage

/// A file in which a process that crashes leaves the signal's number for the next one.
///
/// SIGKILL and a power cut leave nothing: nobody can tell by them whose fault it was.
package enum CrashNote {
    /// The signal that ended the process before; nil where none did, or where it was not one of its own faults.
    package static func read(_ path: FilePath) throws(SystemFailure) -> Int32? {
        do throws(SystemFailure) {
            let bytes = try Descriptor.open(path, O_RDONLY).read(upTo: 8)
            return Int32(String(decoding: bytes, as: UTF8.self))
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
}
