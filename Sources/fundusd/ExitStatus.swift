// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Supervision
internal import SystemPackage

/// The exit statuses of `sysexits.h` that fundusd uses; the contract with scripts and the service manager.
enum ExitStatus: Int32 {
    case usage = 64
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

/// What a person is told of an error that was caught without its type.
func told(_ error: any Error) -> String {
    (error as? Refusal)?.message ?? "\(error)"
}

/// Lines for the person at the terminal.
enum StandardError {
    ///
    /// Messages hold names of files, which come from strangers: what could move the cursor is escaped.
    static func say(_ message: String) {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        write("fundusd: \(lines.map { TerminalText.escaped(String($0)) }.joined(separator: "\n"))\n")
    }

    /// Nobody can be told that standard error is closed.
    static func write(_ text: String) { _ = try? FileDescriptor.standardError.writeAll(text.utf8) }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// Results, one line each, written at once so that a reader at the other end of a pipe can go on.
enum StandardOutput {
    static func say(_ line: String) throws {
        do {
            try FileDescriptor.standardOutput.writeAll("\(line)\n".utf8)
        } catch {
            throw Refusal(.inputOutput, "standard output can't be written to: \(told(error))")
        }
    }
}
