// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Runs blocking work on a thread of its own and returns when that has ended.
///
/// Swift's cooperative pool has one thread a core: two blocked tasks would stop everything else on a two-core machine.
package func onOwnThread<Result: Sendable>(named name: String, _ body: @escaping @Sendable () -> Result) async -> Result
{
    await withCheckedContinuation { continuation in
        let thread = Thread {
            SignalStack.with { continuation.resume(returning: body()) }
        }
        thread.name = name
        thread.stackSize = 1 << 21
        thread.start()
    }
}
