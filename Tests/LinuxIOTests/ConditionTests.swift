// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage
import Testing

@testable import LinuxIO

/// A test that hangs has failed.
@Suite(.timeLimit(.minutes(1))) struct ConditionTests {
    /// What two threads share.
    private final class Box: @unchecked Sendable {
        let condition = Condition()
        var count = 0
    }

    private struct Whim: Error {}

    @Test func `a waiting thread goes on after a signal`() {
        let box = Box()
        OwnThread.start(named: "other") {
            box.condition.withLock {
                box.count = 1
                box.condition.signal()
            }
        }
        box.condition.withLock {
            while box.count == 0 { box.condition.wait() }
        }
        #expect(box.count == 1)
    }

    @Test func `a broadcast wakes all`() async {
        let box = Box()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                group.addTask {
                    await onOwnThread(named: "waiting \(number)") {
                        box.condition.withLock {
                            box.count += 1
                            box.condition.broadcast()
                            while box.count < 5 { box.condition.wait() }
                        }
                    }
                }
            }
        }
        #expect(box.count == 5)
    }

    @Test(arguments: [0, 0.05, 1.25]) func `a wait ends with its time`(seconds: Double) {
        let condition = Condition()
        let took = ContinuousClock().measure {
            let deadline = Condition.Deadline(in: seconds)
            condition.withLock { while condition.wait(until: deadline) {} }
        }
        #expect(took >= .seconds(seconds))
    }

    @Test func `a wait with an end is woken before it`() {
        let box = Box()
        OwnThread.start(named: "other") {
            box.condition.withLock {
                box.count = 1
                box.condition.broadcast()
            }
        }
        let deadline = Condition.Deadline(in: 3600)
        let isWoken = box.condition.withLock {
            while box.count == 0 { guard box.condition.wait(until: deadline) else { return false } }
            return true
        }
        #expect(isWoken)
    }

    /// No increment is lost, and what throws gives the lock back.
    @Test func `one thread at a time`() async {
        let box = Box()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    await onOwnThread(named: "counting") {
                        for _ in 0..<20_000 {
                            _ = Result {
                                try box.condition.withLock {
                                    box.count += 1
                                    throw Whim()
                                }
                            }
                        }
                    }
                }
            }
        }
        #expect(box.count == 80_000)
    }
}

@Suite(.timeLimit(.minutes(1))) struct OwnThreadTests {
    @Test(arguments: ["worker 1", "a name of more than fifteen bytes", ""]) func `has its name`(name: String)
        async throws
    {
        let shown = try await onOwnThread(named: name) {
            Result {
                let file = try FileDescriptor.open("/proc/thread-self/comm", .readOnly)
                defer { try? file.close() }
                return try String(unsafeUninitializedCapacity: 32) { try unsafe file.read(into: .init($0)) }
            }
        }.get()
        #expect(shown == name.prefix(15) + "\n")
    }

    @Test func `is not one of the pool's threads, and has room`() async {
        // A frame of a megabyte and a half: more than musl's, less than the stack.
        let sum = await onOwnThread(named: "deep") {
            withUnsafeTemporaryAllocation(byteCount: 3 << 19, alignment: 16) { bytes in
                unsafe bytes.initializeMemory(as: UInt8.self, repeating: 1)
                return unsafe bytes.reduce(0) { $0 + Int($1) }
            }
        }
        #expect(sum == 3 << 19)
    }

    @Test func `without memory for a thread the process ends and says so`() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var nothing = rlimit(rlim_cur: 0, rlim_max: 0)
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &nothing)
            OwnThread.start(named: "one too many") {}
        }
        let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(said.contains("one too many: pthread_create failed: Resource temporarily unavailable"))
    }
}
