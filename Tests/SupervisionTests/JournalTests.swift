// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Logging
import Synchronization
import Testing

@testable import Supervision

@Suite struct JournalTests {
    @Test(arguments: [
        ("FUNDUSD_IMAGE", "FUNDUSD_IMAGE"), ("MESSAGE_ID", "MESSAGE_ID"), ("request-id", "REQUEST_ID"),
        ("_PID", "PID"), ("9lives", "LIVES"), ("größe", "GR_SSE"), ("a=b\nPRIORITY", "A_B_PRIORITY"),
    ])
    func `names of fields follow journald's rules`(key: String, expected: String) {
        #expect(JournalEntry.fieldName(key) == expected)
    }

    @Test func `names of fields are cut at 64 bytes, and may vanish`() {
        #expect(JournalEntry.fieldName(String(repeating: "A", count: 65))?.utf8.count == 64)
        #expect(JournalEntry.fieldName("__12") == nil)
        #expect(JournalEntry.fieldName("") == nil)
    }

    @Test func `an event becomes fields`() throws {
        let sent = Mutex<[[UInt8]]>([])
        var logger = Logger(label: "test") { _ in
            JournalLogHandler(level: .info) { fields in
                sent.withLock { $0 = fields }
                return 0
            }
        }
        logger[metadataKey: "FUNDUSD_MODEL"] = "m1"
        let name = JournalBytes([0x61, 0xFF, 0x0A, 0x62])
        logger.record(
            .verdict, "a\u{1B}[2J.jpg: disease", [.image: .stringConvertible(name), .outcome: "disease"])

        let fields = sent.withLock { $0 }
        let texts = fields.map { String(decoding: $0, as: UTF8.self) }
        #expect(texts.contains("MESSAGE=a\\u{1B}[2J.jpg: disease"))
        #expect(texts.contains("PRIORITY=5"))
        #expect(texts.contains("SYSLOG_IDENTIFIER=fundusd"))
        #expect(texts.contains("MESSAGE_ID=\(JournalEvent.verdict.messageID)"))
        #expect(texts.contains("FUNDUSD_MODEL=m1"))
        #expect(texts.contains("FUNDUSD_OUTCOME=disease"))
        #expect(fields.contains(Array("FUNDUSD_IMAGE=a".utf8) + [0xFF, 0x0A, 0x62]))
        #expect(texts.contains { $0.hasPrefix("CODE_LINE=") })
    }

    @Test(arguments: [
        (Logger.Level.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3), (.critical, 2),
    ])
    func `priorities are syslog's`(level: Logger.Level, expected: Int) {
        #expect(JournalEntry.priority(of: level) == expected)
    }

    @Test(arguments: [
        ("a.jpg: disease, P 0.831, refer", "a.jpg: disease, P 0.831, refer"),
        ("größe-目.jpg", "größe-目.jpg"),
        ("a\nb\t\r", "a\\nb\\t\\r"),
        ("\u{1B}]0;title\u{7}", "\\u{1B}]0;title\\u{07}"),
        ("\u{9B}31m", "\\u{009B}31m"),
        ("gpj.\u{202E}exe", "gpj.\\u{202E}exe"),
        ("a\u{2028}b", "a\\u{2028}b"),
    ])
    func `control characters are escaped`(text: String, expected: String) {
        #expect(TerminalText.escaped(text) == expected)
    }

    @Test func `a line has time, level and message`() {
        let time = Date(timeIntervalSince1970: 1_795_550_400.125)
        #expect(
            TerminalText.line("a.jpg: normal\n", level: .notice, at: time)
                == "2026-11-24T20:00:00.125Z notice: a.jpg: normal\\n\n")
    }

    @Test(arguments: [
        (nil, LogDestination.text), ("", .text), ("8:12", .text), ("08:12", .text), ("8:123", .journal),
        ("8:123 ", .text),
    ])
    func `the journal is chosen only when standard error is its`(stream: String?, expected: LogDestination) {
        let identity = FileIdentity(device: 8, inode: 123)
        #expect(LogDestination.choose(journalStream: stream, standardError: identity) == expected)
        #expect(LogDestination.choose(journalStream: stream, standardError: nil) == .text)
    }

    @Test func `an open file has an identity, and a closed one none`() {
        #expect(FileIdentity(descriptor: STDERR_FILENO) == FileIdentity(descriptor: STDERR_FILENO))
        #expect(FileIdentity(descriptor: -1) == nil)
    }

    @Test func `the library takes fields of any bytes`() {
        // With no journald running, libsystemd drops entries and says 0.
        #expect(SystemdLibrary.sendToJournal([Array("MESSAGE=test of fundusd".utf8), [], [0x41, 0x3D, 0xFF]]) <= 0)
        #expect(SystemdLibrary.sendToJournal([]) <= 0)
    }
}
