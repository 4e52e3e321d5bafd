// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import SystemPackage

/// A thread that runs something once.
package enum OwnThread {
    private static let stackBytes: UInt = 1 << 21

    /// What the thread is handed.
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts one, with a stack for its signals.
    ///
    /// Where the system refuses (`TasksMax=`), the process ends: half of a daemon would look like a whole one.
    ///
    /// - Parameter name: as `top -H` shows it; 15 bytes.
    package static func start(named name: String, _ body: @escaping @Sendable () -> Void) {
        let work = unsafe Unmanaged.passRetained(Work(body))
        let fault = unsafe clinux_start_thread(
            name, stackBytes,
            { context in
                guard let context = unsafe context else { return }
                let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                SignalStack.with(work.body)
            }, work.toOpaque())
        guard fault == 0 else { fatalError("\(SystemFailure("pthread_create", name, Errno(rawValue: fault)))") }
    }
}

/// Runs blocking work on a thread of its own and returns when that has ended.
///
/// Swift's cooperative pool has one thread a core: two blocked tasks would stop everything else on a two-core machine.
package func onOwnThread<Result: Sendable>(named name: String, _ body: @escaping @Sendable () -> Result) async -> Result
{
    await withCheckedContinuation { continuation in
        OwnThread.start(named: name) { continuation.resume(returning: body()) }
    }
}
