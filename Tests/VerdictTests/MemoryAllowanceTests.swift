// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import LinuxIO
import Synchronization
import Testing
import Verdict

@Suite(.timeLimit(.minutes(5))) struct MemoryAllowanceTests {
    /// What many threads hold at the same time, at most.
    private final class Held: Sendable {
        private let state = Mutex((now: 0, most: 0))
        func hold(_ bytes: Int) {
            state.withLock {
                $0.now += bytes
                $0.most = max($0.most, $0.now)
            }
        }
        func release(_ bytes: Int) { state.withLock { $0.now -= bytes } }
        var most: Int { state.withLock(\.most) }
    }

    @Test(arguments: [[1, 2, 3], [10, 1], [12, 30], [0]])
    func `no more is given than there is, and all come to their turn`(
        sizes: [Int]
    ) async {
        let (allowance, held) = (MemoryAllowance(bytes: 10), Held())
        await withDiscardingTaskGroup { group in
            for thread in 0..<8 {
                group.addTask {
                    await onOwnThread(named: "\(thread)") {
                        for turn in 0..<200 {
                            let size = sizes[(thread + turn) % sizes.count]
                            allowance.borrow(size, progress: {}) {
                                held.hold(min(size, 10))
                                sched_yield()
                                held.release(min(size, 10))
                            }
                        }
                    }
                }
            }
        }
        #expect(held.most <= 10)
    }

    @Test func `what is borrowed is given back when the work throws`() {
        struct Fault: Error {}
        let allowance = MemoryAllowance(bytes: 10)
        for _ in 0..<3 {
            #expect(throws: Fault.self) { try allowance.borrow(10, progress: {}, { throw Fault() }) }
        }
    }
}
