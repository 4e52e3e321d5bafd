internal import Glibc

/// The exit statuses of `sysexits.h` that fundusd uses; the contract with scripts and the service manager.
enum ExitStatus: Int32 {
    /// Some input was rejected or ungradable.
    case dataError = 65
    case noInput = 66
    case software = 70
    case cannotCreate = 73
    case inputOutput = 74
    /// Another instance runs.
    case tryAgain = 75
    case configuration = 78
}

/// Why a verb gives up: what it says on standard error, and its exit status.
struct Refusal: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    func exit() -> Never {
        StandardError.say(message)
        Glibc.exit(status.rawValue)
    }
}

/// Lines for the person at the terminal.
enum StandardError {
    static func say(_ message: String) {
        unsafe fputs("fundusd: \(message)\n", stderr)
    }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// Results, one line each, written at once so that a reader at the other end of a pipe can go on.
enum StandardOutput {
    static func say(_ line: String) throws {
        unsafe fputs(line + "\n", stdout)
        guard unsafe fflush(stdout) == 0 else {
            throw Refusal(.inputOutput, "standard output can't be written to")
        }
    }
}
