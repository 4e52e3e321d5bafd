// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage

/// A process of the real executable: its standard output comes through a socket, its standard error goes to a file.
///
/// Not Foundation's `Process`: a child inherits the signal mask of the thread that starts it, and a Dispatch thread
/// blocks SIGTERM (`man 2 sigprocmask`). Here the mask and the handlers are set as a shell would set them.
final class ChildProcess {
    let processID: pid_t
    private let output: FileDescriptor
    private var status: Int32?

    /// What a process is started with.
    struct Start {
        let program: FilePath
        var arguments: [String]
        var environment: [String: String]
        let folder: FilePath
        var input: FilePath = "/dev/null"
        var errors: FilePath
    }

    init(_ start: Start) throws {
        // A socket pair and no pipe: close-on-exec from the first moment, so that no child started beside this one
        // holds it open.
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        try Self.checked(socketpair(AF_UNIX, kind, 0, &ends) == 0 ? 0 : errno)
        output = FileDescriptor(rawValue: ends[0])
        defer { close(ends[1]) }
        processID = try Self.spawn(start, output: ends[1])
    }

    deinit {
        if status == nil {
            kill(SIGKILL)
            _ = try? end(within: .seconds(10))
        }
        try? output.close()
    }

    /// Sends a signal.
    func kill(_ signal: CInt) { _ = Glibc.kill(processID, signal) }

    /// Everything that it writes to standard output, and its exit status (128 + number if a signal ended it).
    func end(within limit: Duration) throws -> (status: Int32, output: [UInt8]) {
        var bytes: [UInt8] = []
        let deadline = ContinuousClock.now + limit
        while let chunk = try read(until: deadline) { bytes += chunk }
        var raw: Int32 = 0
        while waitpid(processID, &raw, 0) < 0, errno == EINTR {}
        let signal = raw & 0x7F
        let code = signal == 0 ? (raw >> 8) & 0xFF : 128 + signal
        status = code
        return (code, bytes)
    }

    /// The socket ends when the process does; until then it is waited for with `man 2 poll`.
    private func read(until deadline: ContinuousClock.Instant) throws -> [UInt8]? {
        var wait = pollfd(fd: output.rawValue, events: Int16(POLLIN), revents: 0)
        let (seconds, attoseconds) = max(deadline - .now, .zero).components
        let ready = poll(&wait, 1, CInt(seconds * 1000 + attoseconds / 1_000_000_000_000_000))
        if ready < 0, errno == EINTR { return [] }
        guard ready > 0 else {
            kill(SIGKILL)
            throw LateError(waitedFor: "the end of process \(processID)")
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = try buffer.withUnsafeMutableBytes { try output.read(into: $0) }
        return count == 0 ? nil : Array(buffer[..<count])
    }

    private static func spawn(_ start: Start, output: CInt) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, start.input.string, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, start.errors.string, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        var attributes = try signalsAsFromAShell()
        defer { posix_spawnattr_destroy(&attributes) }

        // env(1) changes the folder and becomes the program: the call that would do it here is not in Swift's Glibc.
        let line = ["env", "--chdir=\(start.folder)", start.program.string] + start.arguments
        var arguments = line.map { strdup($0) } + [nil]
        var environment = start.environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var processID: pid_t = 0
        try checked(posix_spawn(&processID, "/usr/bin/env", &actions, &attributes, &arguments, &environment))
        return processID
    }

    /// No signal blocked, none ignored.
    private static func signalsAsFromAShell() throws -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        try checked(posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)))
        return attributes
    }

    private static func checked(_ code: CInt) throws {
        if code != 0 { throw Errno(rawValue: code) }
    }
}

/// Something did not happen in time.
struct LateError: Error, CustomStringConvertible {
    let waitedFor: String
    var seen = ""

    var description: String { "waited in vain for \(waitedFor)\(seen.isEmpty ? "" : "; seen so far:\n\(seen)")" }
}
