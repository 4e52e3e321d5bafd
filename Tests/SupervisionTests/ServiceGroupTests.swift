// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import Testing

@testable import Supervision

@Suite(.timeLimit(.minutes(1))) struct ServiceGroupTests {
    /// What happened, in order.
    private final class Diary: Sendable {
        private let kept = Mutex<[String]>([])
        var lines: [String] { kept.withLock { $0 } }
        func note(_ line: String) { kept.withLock { $0.append(line) } }
    }

    private struct Whim: Error {}

    private struct Part: Service {
        enum Way: Sendable {
            case waits, ends, fails, failsAtTheEnd
            case isDeaf(until: StopNotice)
        }

        let name: String
        let diary: Diary
        let way: Way

        func run(until stop: StopNotice) async throws {
            switch way {
            case .waits: await stop.wait()
            case .ends: break
            case .fails: throw Whim()
            case .failsAtTheEnd:
                await stop.wait()
                throw Whim()
            case .isDeaf(let other): await other.wait()
            }
            diary.note(name)
        }
    }

    private let diary = Diary()

    /// Of parts that are waited for as long as it takes.
    private func group(_ ways: [Part.Way]) -> ServiceGroup<ContinuousClock> {
        ServiceGroup(
            zip("abcdef", ways).map { Part(name: String($0), diary: diary, way: $1) }, logger: .quiet,
            patience: .seconds(3600))
    }

    private static var told: AsyncStream<CInt> { AsyncStream { $0.yield(SIGTERM) } }
    private static var never: AsyncStream<CInt> { AsyncStream { _ in } }

    @Test func `they end one by one, the last first`() async throws {
        try await group([.waits, .waits, .waits]).run(until: Self.told)
        #expect(diary.lines == ["c", "b", "a"])
    }

    @Test func `a failure ends the others in order and is told`() async {
        await #expect(throws: Whim.self) { try await group([.waits, .fails, .waits]).run(until: Self.never) }
        #expect(diary.lines == ["c", "a"])
    }

    @Test func `who ends by himself ends all`() async {
        let failure = await #expect(throws: ServiceGroup<ContinuousClock>.UnexpectedEnd.self) {
            try await group([.waits, .ends]).run(until: Self.never)
        }
        #expect(failure?.service == "Part" && diary.lines == ["b", "a"])
    }

    @Test func `a failure at the end is told, and the others still end`() async {
        await #expect(throws: Whim.self) { try await group([.waits, .failsAtTheEnd]).run(until: Self.told) }
        #expect(diary.lines == ["a"])
    }

    @Test func `who is slow does not keep the others from being told`() async throws {
        let heard = StopNotice()
        struct Waking: Service {
            let heard: StopNotice
            func run(until stop: StopNotice) async throws {
                await stop.wait()
                heard.give()
            }
        }
        let deaf = Part(name: "deaf", diary: diary, way: .isDeaf(until: heard))
        try await ServiceGroup([Waking(heard: heard), deaf], logger: .quiet, patience: .milliseconds(1)).run(
            until: Self.told)
        #expect(diary.lines == ["deaf"])
    }

    @Test func `a canceled task ends them, too`() async throws {
        let group = group([.waits, .waits])
        let task = Task { try await group.run(until: Self.never) }
        task.cancel()
        try await task.value
        #expect(diary.lines == ["b", "a"])
    }

    @Test func `a notice is given once, and late comers hear it`() async {
        let notice = StopNotice()
        let diary = diary
        notice.whenGiven { diary.note("early") }
        notice.give()
        notice.give()
        notice.whenGiven { diary.note("late") }
        await notice.canceling { while !Task.isCancelled { await Task.yield() } }
        #expect(diary.lines == ["early", "late"])
    }

    @Test func `signals come as they are raised`() async {
        let signals = ProcessSignals.stream(of: [SIGUSR1, SIGUSR2])
        kill(getpid(), SIGUSR2)
        for await number in signals {
            #expect(number == SIGUSR2)
            break
        }
    }
}
