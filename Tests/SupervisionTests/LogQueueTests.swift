// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import Synchronization
import Testing

@testable import Supervision

/// Who has something to tell never waits for the log.
@Suite(.timeLimit(.minutes(2))) struct LogQueueTests {
    /// A log that takes lines only while its gate is open.
    private final class Log: @unchecked Sendable {
        private let condition = NSCondition()
        private var isOpen = true
        private var lines: [String] = []

        func setOpen(_ isOpen: Bool) {
            condition.withLock {
                self.isOpen = isOpen
                condition.broadcast()
            }
        }

        @Sendable func take(_ line: String) {
            condition.withLock {
                while !isOpen { condition.wait() }
                lines.append(line)
                condition.broadcast()
            }
        }

        func wait(for count: Int) -> [String] {
            condition.withLock {
                while lines.count < count { condition.wait() }
                return lines
            }
        }
    }

    @Test func `lines come in order`() {
        let log = Log()
        let queue = LogQueue { _ in Issue.record("nothing is dropped") }
        for number in 0..<1000 { queue.add { log.take("\(number)") } }
        #expect(log.wait(for: 1000) == (0..<1000).map(String.init))
    }

    @Test func `a log that takes nothing holds nobody up, and is told what was dropped when it is back`() {
        let log = Log()
        let queue = LogQueue(capacity: 10) { log.take("dropped \($0)") }
        log.setOpen(false)
        queue.add { log.take("first") }
        // The queue's thread is stuck with the first line, or has not taken it yet: ten or eleven lines find room.
        for number in 0..<100 { queue.add { log.take("\(number)") } }
        queue.drain(within: 0.05)
        log.setOpen(true)
        queue.drain(within: 60)
        let lines = log.wait(for: 1)
        let dropped = lines.compactMap { $0.hasPrefix("dropped ") ? Int($0.dropFirst(8)) : nil }.reduce(0, +)
        #expect(lines.first == "first")
        #expect(dropped > 0 && dropped + lines.count { !$0.hasPrefix("dropped") } == 101)
    }

    @Test func `the journal's fields and a terminal's line are those of the moment in which they were told`() {
        let log = Log()
        let queue = LogQueue { _ in }
        let journal = JournalLogHandler(level: .info, queue: queue) { fields in
            log.take(fields.map { String(decoding: $0, as: UTF8.self) }.first { $0.hasPrefix("MESSAGE=") } ?? "")
            return 0
        }
        let text = TextLogHandler(level: .info, queue: queue, write: log.take)
        for handler in [journal, text] as [any LogHandler] {
            var logger = Logger(label: "test", factory: { _ in handler })
            logger.logLevel = .info
            logger.info("a line")
        }
        let lines = log.wait(for: 2)
        #expect(lines[0] == "MESSAGE=a line" && lines[1].hasSuffix("a line\n"))
    }
}
