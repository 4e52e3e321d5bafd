// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Glibc
import Intake
import Ledger
import LinuxIO
import Screening
import SystemPackage
import Testing

/// Files that get another inode number at each look: played by putting a copy in each one's place.
@Suite struct UnsteadyMountsTests {
    private static let eye = SyntheticEye(seed: 1, width: 256, height: 256).jpeg(quality: 90)

    private func put(_ bytes: [UInt8], in line: ScreeningUnderTest) throws {
        try line.drop(bytes, as: "a.jpg")
        var times = [timespec](repeating: timespec(tv_sec: 1000, tv_nsec: 0), count: 2)
        #expect(utimensat(AT_FDCWD, line.inbox.appending("a.jpg").string, &times, 0) == 0)
    }

    private func scanner(_ line: ScreeningUnderTest, _ queue: ArrivalQueue) -> InboxScanner {
        var scanner = InboxScanner(
            root: line.inbox, isRecursive: false, settlingTime: .milliseconds(10), known: line.known,
            retries: Retries(),
            queue: queue, now: { Date() }, tell: line.log.note, progress: {})
        scanner.trustsFileTimes = false
        scanner.arrivals.patienceWithUnsteady = .milliseconds(50)
        return scanner
    }

    /// Looks until the file is taken, at another inode each time.
    private func lookUntilTaken(
        _ scanner: inout InboxScanner, _ line: ScreeningUnderTest, _ queue: ArrivalQueue
    ) throws -> ArrivalQueue.Arrival? {
        try put(Self.eye, in: line)
        let first = try Folder(line.inbox).status(of: "a.jpg").signature
        scanner.arrivals.postpone("a.jpg", first, .settled, at: .now)
        for _ in 0..<1000 {
            try put(Self.eye, in: line)
            scanner.inspectDue()
            if let arrival = queue.nextOfThoseWaiting() { return arrival }
            usleep(12_000)
        }
        return nil
    }

    @Test func `such a file is told once, gets its verdict, and is known from then on`() throws {
        let (line, queue) = (try ScreeningUnderTest(after: .delete), ArrivalQueue())
        var scanner = scanner(line, queue)
        let arrival = try #require(try lookUntilTaken(&scanner, line, queue))
        queue.finish(arrival.name)
        try put(Self.eye, in: line)
        #expect(line.pipeline.screen(arrival) == .done)
        #expect(line.log.told == ["unsteady(a.jpg)", "a.jpg: normal"])
        #expect(try Folder(line.inbox).names() == [], "it is cleared away")
        // Once more, with the mount known: no minute, nothing told.
        scanner.arrivals.patienceWithUnsteady = .seconds(3600)
        let again = try #require(try lookUntilTaken(&scanner, line, queue))
        #expect(line.pipeline.screen(again) == .done)
        #expect(line.log.told.count == 2)
    }

    @Test func `what has its verdict is passed by, with whichever inode`() throws {
        let (line, queue) = (try ScreeningUnderTest(), ArrivalQueue())
        var scanner = scanner(line, queue)
        let arrival = try #require(try lookUntilTaken(&scanner, line, queue))
        queue.finish(arrival.name)
        #expect(line.pipeline.screen(arrival) == .done)
        for _ in 0..<3 {
            try put(Self.eye, in: line)
            let shown = try Folder(line.inbox).status(of: "a.jpg").signature
            #expect(line.known.contains("a.jpg", line.known.mounts.steady(shown)))
            #expect(!line.known.contains("a.jpg", shown))
            let census = try InboxCensus(root: line.inbox, isRecursive: false, known: line.ledger.knownFiles())
            #expect(census.new == 0)
        }
    }
}
