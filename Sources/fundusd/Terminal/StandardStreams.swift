// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import LinuxIO
internal import Supervision
internal import SystemPackage

extension Refusal {
    /// Says why, and ends the process.
    func exit() -> Never {
        StandardError.say(message)
        Glibc.exit(status.rawValue)
    }
}

/// Lines for the person at the terminal.
enum StandardError {
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
            throw Refusal(.inputOutput, "standard output can't be written to: \(explanation(of: error))")
        }
    }

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}
