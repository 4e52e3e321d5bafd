// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import Supervision

@Suite struct WatchdogTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let previous: [ProgressEntry]
        let current: [ProgressEntry]
        let feeds: Bool
    }

    static let cases = [
        Case(testDescription: "nobody is registered", previous: [], current: [], feeds: true),
        Case(testDescription: "all idle", previous: [idle(3), idle(0)], current: [idle(3), idle(0)], feeds: true),
        Case(testDescription: "busy and advancing", previous: [busy(3)], current: [busy(4)], feeds: true),
        Case(testDescription: "busy and stuck", previous: [busy(3)], current: [busy(3)], feeds: false),
        Case(testDescription: "just begun", previous: [idle(3)], current: [busy(3)], feeds: true),
        Case(testDescription: "first look", previous: [], current: [busy(3)], feeds: true),
        Case(testDescription: "just finished", previous: [busy(3)], current: [idle(3)], feeds: true),
        Case(
            testDescription: "one of two stuck", previous: [busy(3), busy(5)], current: [busy(9), busy(5)],
            feeds: false),
        Case(
            testDescription: "stuck beside an idle one", previous: [idle(0), busy(5)], current: [idle(0), busy(5)],
            feeds: false),
        Case(testDescription: "steps wrapped", previous: [busy(.max)], current: [busy(0)], feeds: true),
    ]

    @Test(arguments: cases) func `it feeds only while work advances or there is none`(_ look: Case) {
        #expect(Watchdog.stalled(previous: look.previous, current: look.current).isEmpty == look.feeds)
    }

    @Test func `the board shows what parties report`() {
        let board = ProgressBoard()
        let inbox = board.register("inbox")
        let worker = board.register("worker")
        let start = board.reading()
        #expect(start.map(\.name) == ["inbox", "worker"])
        #expect(start.allSatisfy { !$0.isWorking })

        worker.working()
        let first = board.reading()
        #expect(first[1].isWorking && !first[0].isWorking)
        #expect(!Watchdog.stalled(previous: first, current: board.reading()).isEmpty)
        #expect(Watchdog.stalled(previous: first, current: board.reading()) == ["worker"])

        worker.advance()
        inbox.advance()
        #expect(Watchdog.stalled(previous: first, current: board.reading()).isEmpty)
        worker.idle()
        #expect(Watchdog.stalled(previous: board.reading(), current: board.reading()).isEmpty)
    }

    /// An image after the other between two looks is progress, even if the party is busy at each.
    @Test func `the next piece of work counts as progress`() {
        let board = ProgressBoard()
        let worker = board.register("worker")
        worker.working()
        let previous = board.reading()
        worker.idle()
        worker.working()
        #expect(Watchdog.stalled(previous: previous, current: board.reading()).isEmpty)
    }

    @Test func `the service feeds by progress four times a period`() async throws {
        let board = ProgressBoard()
        let worker = board.register("worker")
        worker.working()
        let sent = SentMessages()
        // One step before the second look, none before the third and fourth, the end of the work before the fifth.
        let clock = ScriptedClock(steps: [{ worker.advance() }, {}, {}, { worker.idle() }])
        let service = WatchdogService(
            board: board, notifier: sent.notifier, logger: .quiet, period: .seconds(60), clock: clock)
        await service.watch(every: .seconds(15))
        #expect(sent.texts == ["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"])
        #expect(clock.slept == Array(repeating: .seconds(15), count: 5))
    }

    private static func busy(_ steps: UInt64) -> ProgressEntry {
        ProgressEntry(name: "party", isWorking: true, steps: steps)
    }

    private static func idle(_ steps: UInt64) -> ProgressEntry {
        ProgressEntry(name: "party", isWorking: false, steps: steps)
    }
}
