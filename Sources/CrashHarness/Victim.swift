// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import LinuxIO
package import SystemPackage

/// The real `fundusd watch`, to be killed.
package final class Victim {
    private let program: FilePath
    private let work: FilePath
    private let environment: [String]
    private let log: FilePath
    private let users: Users?
    private var processID: pid_t?
    /// A crash is followed by no swift-backtrace, as on a machine without Swift: where its victim is killed meanwhile, it
    /// waits for ever for what that process's memory holds.
    private static let noBacktrace = "SWIFT_BACKTRACE=enable=no"
    /// How often it was started.
    package private(set) var lives = 0

    /// - Parameters:
    ///   - environment: of the program.
    ///   - users: whom it runs as; nil is this process's own user.
    package init(
        _ program: FilePath, work: FilePath, log: FilePath, environment: [String] = [], users: Users? = nil
    ) {
        self.users = users
        self.program = program
        self.log = log
        self.environment = environment
        self.work = work
    }

    private var folders: [String] {
        ["--config", work.appending("config.yaml").string]
            + ["inbox", "outbox", "state"].flatMap { ["--\($0)", work.appending($0).string] }
    }

    deinit { kill() }

    package func start() throws(Errno) {
        guard processID == nil else { return }
        let appending = (path: log, flags: O_WRONLY | O_CREAT | O_APPEND)
        processID = try spawn([program.string, "watch"] + folders, environment, [1: appending, 2: appending])
        lives += 1
    }

    /// - Parameter streams: standard streams that go to files, by their numbers.
    private func spawn(
        _ arguments: [String], _ environment: [String], _ streams: [CInt: (path: FilePath, flags: CInt)]
    ) throws(Errno) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in streams {
            unsafe posix_spawn_file_actions_addopen(&actions, number, file.path.string, file.flags, 0o644)
        }
        let command = (users?.command ?? []) + arguments
        var words = unsafe Self.list(command)
        var variables = unsafe Self.list(environment + ["PATH=/usr/bin:/bin", Self.noBacktrace])
        let (wordCount, variableCount) = unsafe (words.count, variables.count)
        defer {
            for place in 0..<wordCount { unsafe free(words[place]) }
            for place in 0..<variableCount { unsafe free(variables[place]) }
        }
        var started: pid_t = 0
        // SAFETY: both lists end with nil and live until the call is over.
        let code = unsafe posix_spawn(&started, command[0], &actions, nil, &words, &variables)
        guard code == 0 else { throw Errno(rawValue: code) }
        return started
    }

    private static func list(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe words.map { unsafe strdup($0) } + [nil]
    }

    /// The images that the program says it has set aside.
    package func setAside() throws -> Set<String> { Set(try answer("retry", "--list") ?? []) }

    /// Has them all tried again.
    func retry() throws { _ = try answer("retry") }

    /// The lines that another verb prints; nil where it fails.
    private func answer(_ verb: String...) throws -> [String]? {
        let output = work.appending("answer")
        let asked = try spawn(
            [program.string] + verb + folders, [],
            [1: (output, O_WRONLY | O_CREAT | O_TRUNC), 2: (log, O_WRONLY | O_CREAT | O_APPEND)])
        guard wait(asked) == 0 else { return nil }
        let bytes = try Descriptor.open(output, O_RDONLY).read(upTo: 1 << 16)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// It gets no more memory than the cage has.
    func enter(_ cage: MemoryCage) { if let processID { cage.take(processID) } }

    /// As a power cut would end it.
    package func kill() {
        guard let processID else { return }
        _ = Glibc.kill(processID, SIGKILL)
        _ = wait(processID)
        self.processID = nil
    }

    package func stand() { if let processID { _ = Glibc.kill(processID, SIGSTOP) } }

    package func goOn() { if let processID { _ = Glibc.kill(processID, SIGCONT) } }

    /// Asks it to end; its exit status, 128 + number if a signal ended it.
    package func stop() -> Int32 {
        guard let processID else { return 0 }
        _ = Glibc.kill(processID, SIGTERM)
        self.processID = nil
        return wait(processID)
    }

    /// The exit status that it has ended with by itself, as `stop` gives it; nil while it runs.
    package func ending() -> Int32? {
        guard let processID else { return nil }
        var status: Int32 = 0
        guard unsafe waitpid(processID, &status, WNOHANG) == processID else { return nil }
        self.processID = nil
        return Self.exitStatus(status)
    }

    /// Whether it has ended by itself; its status can still be asked for.
    var hasEnded: Bool {
        guard let processID else { return true }
        var information = unsafe siginfo_t()
        // It stays zero while the process runs: man 2 waitid.
        let found = unsafe waitid(P_PID, id_t(processID), &information, WEXITED | WNOHANG | WNOWAIT)
        return unsafe found == 0 && information.si_signo == SIGCHLD
    }

    private func wait(_ processID: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(processID, &status, 0) < 0, errno == EINTR {}
        return Self.exitStatus(status)
    }

    /// See `man 2 wait`.
    private static func exitStatus(_ status: Int32) -> Int32 {
        status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}
