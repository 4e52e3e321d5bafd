// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Glibc
import Intake
import LinuxIO
import Synchronization
import SystemPackage
import Testing
import Verdict

/// The loop on a real folder with real events. Nothing sleeps: each step waits for the queue to hand out a name.
@Suite(.timeLimit(.minutes(10))) struct InboxLoopTests {
    /// A loop on its own thread, from its first scan to its stop.
    final class Running: @unchecked Sendable {
        let line: ScreeningUnderTest
        let queue = ArrivalQueue()
        let control: InboxControl
        private let thread: Thread

        init(
            _ line: ScreeningUnderTest, isRecursive: Bool = false, rescanInterval: Duration = .seconds(3600)
        ) throws {
            self.line = line
            let control = try InboxControl()
            self.control = control
            let scanner = InboxScanner(
                root: line.inbox, isRecursive: isRecursive, settlingTime: .milliseconds(50), known: line.known,
                retries: Retries(), queue: queue, now: { Date() }, tell: line.log.note, progress: {})
            let log = line.log
            let isReady = NSCondition()
            let ready = Mutex(false)
            thread = Thread {
                var loop = InboxLoop(
                    scanner: scanner, control: control, rescanInterval: rescanInterval, tell: log.note,
                    heartbeat: Heartbeat())
                loop.run {
                    isReady.withLock {
                        ready.withLock { $0 = true }
                        isReady.broadcast()
                    }
                }
            }
            thread.start()
            isReady.withLock { while !ready.withLock(\.self) { isReady.wait() } }
        }

        deinit {
            control.stop()
            while !thread.isFinished { sched_yield() }
        }

        func next() -> String? {
            let arrival = queue.next()
            if let arrival { queue.finish(arrival.name) }
            return arrival?.name.description
        }
    }

    @Test func `what was there, what is moved in and what is written arrives`() throws {
        let line = try ScreeningUnderTest()
        try line.drop([1], as: "there.jpg")
        let running = try Running(line)
        #expect(running.next() == "there.jpg")
        try line.drop([1], as: "moved.jpg")
        #expect(running.next() == "moved.jpg")
        let writer = try Descriptor.open(line.inbox.appending("written.jpg"), O_WRONLY | O_CREAT, mode: 0o644)
        try writer.write([1])
        try line.drop([1], as: "marker.jpg")
        #expect(running.next() == "marker.jpg", "the file that is still open does not come first")
        _ = consume writer
        #expect(running.next() == "written.jpg")
    }

    @Test func `a hard link arrives though it raises no close`() throws {
        let line = try ScreeningUnderTest()
        try AtomicFile.write([1], to: line.folder.path.appending("elsewhere"))
        let running = try Running(line)
        #expect(link(line.folder.path.appending("elsewhere").string, line.inbox.appending("linked.jpg").string) == 0)
        #expect(running.next() == "linked.jpg")
    }

    @Test func `subfolders are watched as they come, with what they bring along`() throws {
        let line = try ScreeningUnderTest()
        let running = try Running(line, isRecursive: true)
        try AtomicFile.makeFolder(line.folder.path.pushing("new/deep"))
        try AtomicFile.write([1], to: line.folder.path.pushing("new/deep/a.jpg"))
        try AtomicFile.rename(line.folder.path.appending("new"), to: line.inbox.appending("new"))
        #expect(running.next() == "new/deep/a.jpg")
        try AtomicFile.write([1], to: line.inbox.pushing("new/deep/b.jpg"))
        #expect(running.next() == "new/deep/b.jpg")
        try AtomicFile.rename(line.inbox.appending("new"), to: line.inbox.appending("renamed"))
        #expect(
            [running.next(), running.next()].compactMap(\.self).sorted() == [
                "renamed/deep/a.jpg", "renamed/deep/b.jpg",
            ])
    }

    @Test func `an inbox that goes away is looked for, and read when it is back`() throws {
        let line = try ScreeningUnderTest()
        let running = try Running(line)
        let away = line.folder.path.appending("away")
        try AtomicFile.rename(line.inbox, to: away)
        try AtomicFile.write([1], to: away.appending("a.jpg"))
        try AtomicFile.rename(away, to: line.inbox)
        #expect(running.next() == "a.jpg")
        #expect(line.log.told.contains { $0.contains("inboxLost") })
    }

    @Test func `a file that was changed without being opened arrives by the next scan`() throws {
        let line = try ScreeningUnderTest()
        try line.drop([1, 2, 3], as: "a.jpg")
        let running = try Running(line, rescanInterval: .milliseconds(100))
        #expect(running.next() == "a.jpg")
        // truncate(2) raises a modification and no close.
        #expect(truncate(line.inbox.appending("a.jpg").string, 2) == 0)
        #expect(running.next() == "a.jpg")
    }

    @Test func `a settling file that needs no screening leaves nothing to wake up for`() throws {
        let line = try ScreeningUnderTest()
        var scanner = InboxScanner(
            root: line.inbox, isRecursive: false, settlingTime: .nanoseconds(1), known: line.known, retries: Retries(),
            queue: ArrivalQueue(), now: { Date() }, tell: line.log.note, progress: {})
        try AtomicFile.write([1], to: line.inbox.appending(".hidden.jpg"))
        scanner.apply(InotifyEvent(watch: 1, mask: .created), to: ".hidden.jpg")
        #expect(scanner.nextDeadline != nil)
        scanner.inspectDue()
        #expect(scanner.nextDeadline == nil)
    }

    @Test func `skipped names never arrive`() throws {
        let line = try ScreeningUnderTest()
        let running = try Running(line)
        for name in [".a.jpg", "a.jpg.part", "Thumbs.db"] { try line.drop([1], as: name) }
        try line.drop([1], as: "marker.jpg")
        #expect(running.next() == "marker.jpg")
    }
}
