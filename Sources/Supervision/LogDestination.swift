// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import Logging

/// Where log events go.
package enum LogDestination: Sendable, Equatable {
    /// To journald, with fields.
    case journal
    /// To standard error, as text.
    case text

    /// The journal, if and only if standard error is connected to it.
    ///
    /// Variables are inherited, so JOURNAL_STREAM alone proves nothing: it must name the file that standard error
    /// is now, as `DEVICE:INODE` in decimal (man 5 systemd.exec).
    static func choose(journalStream: String?, standardError: FileIdentity?) -> LogDestination {
        guard let journalStream, let standardError else { return .text }
        return journalStream == "\(standardError.device):\(standardError.inode)" ? .journal : .text
    }

    /// The destination of this process.
    package static func current(environment: [String: String]) -> LogDestination {
        choose(journalStream: environment["JOURNAL_STREAM"], standardError: FileIdentity(descriptor: STDERR_FILENO))
    }

    /// A handler that writes there.
    ///
    /// - Parameter queue: where lines wait their turn; without one, whoever logs waits for the log.
    package func handler(level: Logger.Level, queue: LogQueue? = nil) -> any LogHandler {
        switch self {
        case .journal: JournalLogHandler(level: level, queue: queue)
        case .text: TextLogHandler(level: level, queue: queue)
        }
    }

    /// A queue that tells here how many lines it dropped.
    package func queue() -> LogQueue {
        let logger = Logger(label: "fundusd", factory: { _ in handler(level: .info) })
        return LogQueue { dropped in
            logger.warning("The log took no lines for a while: \(dropped) were dropped. Verdicts went on meanwhile.")
        }
    }
}

/// What makes an open file the same file as another.
struct FileIdentity: Equatable {
    let device: UInt
    let inode: UInt

    init(device: UInt, inode: UInt) {
        self.device = device
        self.inode = inode
    }

    init?(descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(device: status.st_dev, inode: status.st_ino)
    }
}
