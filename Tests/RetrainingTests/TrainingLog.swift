// SPDX-License-Identifier: Apache-2.0
import Logging
import Retraining
import Synchronization

/// What a training says, line by line.
final class TrainingLog: Sendable {
    private let lines = Mutex<[String]>([])
    private let hear: @Sendable (String) -> Void

    /// - Parameter hear: called with each line, as a person who watches might act on it.
    init(hear: @escaping @Sendable (String) -> Void = { _ in }) { self.hear = hear }

    var said: String { lines.withLock { $0.joined(separator: "\n") } }

    var reporter: TrainingReporter {
        TrainingReporter(logger: Logger(label: "training") { _ in Handler(log: self) }) { _, _ in NoDisplay() }
    }

    func note(_ line: String) {
        lines.withLock { $0.append(line) }
        hear(line)
    }

    private struct Handler: LogHandler {
        let log: TrainingLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        init(log: TrainingLog) { self.log = log }

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { log.note("\(event.message)") }
    }

    private struct NoDisplay: ProgressDisplay {
        let isShown = false
        mutating func advance(by count: Int, remark: String) {}
        mutating func interrupt() {}
    }
}
