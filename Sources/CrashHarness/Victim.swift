internal import Glibc
package import SystemPackage

/// The real `fundusd watch`, to be killed.
package final class Victim {
    private let program: FilePath
    private let arguments: [String]
    private let log: FilePath
    private var processID: pid_t?
    /// How often it was started.
    package private(set) var lives = 0

    package init(_ program: FilePath, work: FilePath, log: FilePath) {
        self.program = program
        self.log = log
        arguments = [
            program.string, "watch", "--config", work.appending("config.yaml").string, "--inbox",
            work.appending("inbox").string, "--outbox", work.appending("outbox").string, "--state",
            work.appending("state").string,
        ]
    }

    deinit { kill() }

    package func start() throws(Errno) {
        guard processID == nil else { return }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 2, log.string, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        // SAFETY: both lists end with nil and live until the call is over.
        let count = arguments.count
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { for place in 0..<count { unsafe free(words[place]) } }
        var started: pid_t = 0
        let code = unsafe posix_spawn(&started, program.string, &actions, nil, &words, environ)
        guard code == 0 else { throw Errno(rawValue: code) }
        processID = started
        lives += 1
    }

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
