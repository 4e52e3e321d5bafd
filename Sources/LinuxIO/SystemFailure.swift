// SPDX-License-Identifier: Apache-2.0
// What comes in: the name of a system call, its path and errno.
// What goes out: one error value that says what failed, where, and what to do about it.
// Called by every file of this target; caught by Screening and the verbs.

package import SystemPackage

/// A system call that failed: which, on what path, why, and what a person can do about it.
package struct SystemFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The call, by its manual page's name, such as `openat`.
    package let call: String
    /// The path it was made on, with unprintable bytes replaced.
    package let path: String
    /// What errno held.
    package let code: Errno

    package init(_ call: String, _ path: String, _ code: Errno) {
        self.call = call
        self.path = path
        self.code = code
    }

    /// The failure that errno holds right after a call returned -1.
    ///
    /// - Parameter path: made after errno was read, for what makes it may take memory, and calls that do set errno.
    static func current(_ call: String, _ path: @autoclosure () -> FilePath) -> SystemFailure {
        let code = Errno.current
        return SystemFailure(call, path().string, code)
    }

    /// True when the path no longer leads to a file: it was deleted, moved, or replaced by a link.
    package var isGone: Bool {
        code == .noSuchFileOrDirectory || code == .notDirectory || code == .tooManySymbolicLinkLevels
    }

    /// True where the file system can't do what was asked for at all, whatever the name.
    var isLackOfAbility: Bool { [.invalidArgument, .noFunction, .notSupported].contains(code) }

    /// True where the file system may have refused a name for its characters or its length: what it says then is its own choice.
    package var mayRefuseName: Bool {
        let refusals: [Errno] = [
            .invalidArgument, .noSuchFileOrDirectory, .notPermitted, .permissionDenied, .fileNameTooLong,
            .illegalByteSequence, .notSupported, .noFunction,
        ]
        return refusals.contains(code)
    }

    /// True where no file can have that name here, so that none has it.
    package var isRefusedName: Bool {
        [.invalidArgument, .fileNameTooLong, .illegalByteSequence].contains(code)
    }

    package var description: String {
        let remedy = Self.remedy(for: code).map { "; \($0)" } ?? ""
        return "\(path): \(call) failed: \(code.description)\(remedy)"
    }

    private static func remedy(for code: Errno) -> String? {
        switch code {
        case .noSpace: "free some space on that file system"
        case .diskQuotaExceeded: "raise the quota of the service's user"
        case .permissionDenied, .notPermitted: "give the service's user the right to it"
        case .readOnlyFileSystem: "mount it writable"
        case .ioError: "check the disk and the kernel log"
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem: "raise the limit of open files"
        case .noMemory: "free memory or give the service more"
        case .noSuchFileOrDirectory: "check that it exists"
        case .isDirectory: "a file is needed, and it is a folder"
        default: nil
        }
    }
}
