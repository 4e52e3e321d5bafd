// SPDX-License-Identifier: Apache-2.0
import Glibc
import LinuxIO
import SystemPackage

/// A running `fundusd watch`.
final class WatchingDaemon {
    private let process: ChildProcess
    /// What it says on standard error.
    private let log: FilePath

    init(_ process: ChildProcess, log: FilePath) {
        self.process = process
        self.log = log
    }

    var processID: pid_t { process.processID }

    var said: String {
        let bytes = try? Descriptor.open(log, O_RDONLY).read(upTo: 1 << 22)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    /// Waits until it has said so, `times` times in all.
    func waitForLine(_ words: String, times: Int = 1) throws {
        do {
            try FolderWait.until("“\(words)”", in: log.removingLastComponent()) {
                said.split(separator: "\n").count { $0.contains(words) } >= times
            }
        } catch let late as LateError {
            throw LateError(waitedFor: late.waitedFor, seen: said)
        }
    }

    /// Waits until it ends by itself, and gives the exit status (128 + number if a signal ended it).
    func end(within limit: Duration = FolderWait.patience) throws -> Int32 { try process.end(within: limit).status }

    func signal(_ signal: CInt) { process.kill(signal) }

    /// Sends a signal that ends it, and gives the exit status (128 + number if the signal itself ended it).
    @discardableResult
    func stop(with signal: CInt = SIGTERM, within limit: Duration = FolderWait.patience) throws -> Int32 {
        process.kill(signal)
        return try process.end(within: limit).status
    }
}
