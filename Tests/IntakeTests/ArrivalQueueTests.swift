// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Fixtures
import Foundation
import LinuxIO
import Testing
import Verdict

@testable import Intake

extension ArrivalQueue {
    /// The next file, or nil at once where none may be taken now.
    fileprivate func nextIfAny() -> Arrival? { condition.withLock { take() } }
}

@Suite struct ArrivalQueueTests {
    private func arrival(_ name: String) -> ArrivalQueue.Arrival {
        ArrivalQueue.Arrival(
            name: ImageName(bytes: Array(name.utf8)), receivedAt: Date(timeIntervalSince1970: 0), evidence: .closed)
    }

    @Test func `oldest first, each name once`() {
        let queue = ArrivalQueue()
        for name in ["a", "b", "a", "c"] { queue.add(arrival(name)) }
        #expect(queue.count == 3)
        #expect(
            [queue.next(), queue.next(), queue.next(), queue.nextIfAny()] == [
                arrival("a"), arrival("b"), arrival("c"), nil,
            ])
    }

    @Test func `a name in hand is not handed out twice, and comes again afterwards`() {
        let queue = ArrivalQueue()
        queue.add(arrival("a"))
        #expect(queue.next() == arrival("a"))
        queue.add(arrival("a"))
        queue.add(arrival("a"))
        #expect(queue.nextIfAny() == nil)
        queue.finish(arrival("a").name)
        #expect(queue.nextIfAny() == arrival("a"))
        queue.finish(arrival("a").name)
        #expect(queue.nextIfAny() == nil)
    }

    @Test func `a suspect comes last and alone`() {
        let queue = ArrivalQueue()
        queue.suspect([arrival("b").name])
        for name in ["a", "b", "c"] { queue.add(arrival(name)) }
        #expect(
            [queue.nextIfAny(), queue.nextIfAny(), queue.nextIfAny()] == [arrival("a"), arrival("c"), nil])
        queue.finish(arrival("a").name)
        #expect(queue.nextIfAny() == nil, "c is still in hand")
        #expect(queue.count == 2)
        queue.finish(arrival("c").name)
        #expect(queue.nextIfAny() == arrival("b"))
        queue.add(arrival("d"))
        queue.add(arrival("b"))
        #expect(queue.nextIfAny() == nil, "d would be taken down with b")
        queue.finish(arrival("b").name)
        #expect(
            [queue.nextIfAny(), queue.nextIfAny()] == [arrival("d"), arrival("b")], "it has shown that it is innocent")
    }

    @Test func `where the others never end, a suspect has its turn`() throws {
        let queue = ArrivalQueue()
        queue.suspect([arrival("s").name])
        queue.add(arrival("s"))
        for number in 0..<(ArrivalQueue.patience + 2) { queue.add(arrival("\(number)")) }
        let one = try #require(queue.nextIfAny())
        for _ in 1..<ArrivalQueue.patience { queue.finish(try #require(queue.nextIfAny()).name) }
        #expect(queue.nextIfAny() == nil, "the first is still in hand, and the others give way")
        queue.finish(one.name)
        #expect(queue.nextIfAny() == arrival("s"))
        #expect(queue.nextIfAny() == nil)
        queue.finish(arrival("s").name)
        #expect(queue.nextIfAny() != nil && queue.nextIfAny() != nil && queue.count == 2)
    }

    /// Which of the two threads is first is open: in a hundred rounds each is.
    @Test func `who takes what waits stays until a suspect had its turn`() {
        for _ in 0..<100 {
            let (queue, begins, ends) = (
                ArrivalQueue(), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
            )
            queue.suspect([arrival("s").name])
            for name in ["s", "a"] { queue.add(arrival(name)) }
            #expect(queue.nextOfThoseWaiting() == arrival("a"))
            Thread.detachNewThread {
                begins.signal()
                let isSuspect = queue.nextOfThoseWaiting() == arrival("s")
                queue.finish(arrival("s").name)
                if isSuspect { ends.signal() }
            }
            begins.wait()
            queue.finish(arrival("a").name)
            guard ends.wait(timeout: .now() + 60) == .success else {
                Issue.record("the other thread went home too early")
                return
            }
            #expect(queue.nextOfThoseWaiting() == nil && queue.count == 0)
        }
    }

    @Test func `a suspect does not keep a closed queue from closing`() {
        let queue = ArrivalQueue()
        queue.suspect([arrival("a").name])
        queue.add(arrival("a"))
        #expect(queue.next() == arrival("a"))
        queue.add(arrival("b"))
        queue.close()
        #expect(queue.next() == nil)
    }

    @Test func `closing sends the workers home`() {
        let queue = ArrivalQueue()
        queue.add(arrival("a"))
        queue.close()
        #expect(queue.next() == nil)
    }

    @Test func `many arrivals keep their order while space is reclaimed`() {
        let queue = ArrivalQueue()
        var taken: [String] = []
        for number in 0..<5000 {
            queue.add(arrival("\(number)"))
            if number % 2 == 1 { taken.append(queue.next()!.name.description) }
        }
        while let next = queue.nextIfAny() { taken.append(next.name.description) }
        #expect(taken == (0..<5000).map(String.init))
    }
}
