// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc
package import Logging

/// Sends log events to the journal, metadata as fields of their own.
package struct JournalLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    /// As sd_journal_sendv: a negative errno on failure.
    private let send: @Sendable ([[UInt8]]) -> Int32
    /// Where sending waits its turn; without one, whoever logs waits for journald.
    private let queue: LogQueue?

    package init(level: Logger.Level, queue: LogQueue? = nil) {
        self.init(level: level, queue: queue, send: SystemdLibrary.sendToJournal)
    }

    init(level: Logger.Level, queue: LogQueue? = nil, send: @escaping @Sendable ([[UInt8]]) -> Int32) {
        logLevel = level
        self.queue = queue
        self.send = send
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        let fields = JournalEntry.fields(event, metadata: all)
        let line = TerminalText.line(event.message.description, level: event.level, at: Date())
        queue.orAtOnce {
            // Better a line without fields than none: standard error goes to the journal too.
            if send(fields) < 0 { TextLogHandler.writeToStandardError(line) }
        }
    }
}

/// Writes log events to standard error, one line each.
///
/// The message says it all in a sentence, so the fields are not repeated.
package struct TextLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let write: @Sendable (String) -> Void
    private let queue: LogQueue?

    package init(level: Logger.Level, queue: LogQueue? = nil) {
        self.init(level: level, queue: queue, write: Self.writeToStandardError)
    }

    init(level: Logger.Level, queue: LogQueue? = nil, write: @escaping @Sendable (String) -> Void) {
        logLevel = level
        self.queue = queue
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = TerminalText.line(event.message.description, level: event.level, at: Date())
        queue.orAtOnce { [write] in write(line) }
    }

    fileprivate static func writeToStandardError(_ line: String) {
        var rest = Array(line.utf8)[...]
        while !rest.isEmpty {
            // SAFETY: the pointer is used within the call only, with the buffer's own length.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // A log that cannot be written has nobody to tell.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

extension LogQueue? {
    fileprivate func orAtOnce(_ write: @escaping @Sendable () -> Void) {
        if let self { self.add(write) } else { write() }
    }
}
