// SPDX-License-Identifier: Apache-2.0
internal import Dispatch

/// Signals of this process as they come, in place of what the kernel would do.
package enum ProcessSignals {
    /// Every signal that is sent after this has returned is in the stream, at the latest when it is asked for.
    package static func stream(of numbers: [CInt]) -> AsyncStream<CInt> {
        AsyncStream { continuation in
            // libdispatch's objects may be used by any thread.
            nonisolated(unsafe) let sources = numbers.map { source(of: $0, continuation) }
            continuation.onTermination = { _ in for source in unsafe sources { source.cancel() } }
        }
    }

    private static func source(
        of number: CInt, _ continuation: AsyncStream<CInt>.Continuation
    ) -> any DispatchSourceSignal {
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        let isHeard = DispatchSemaphore(value: 0)
        source.setEventHandler { continuation.yield(number) }
        // libdispatch sets its handler on a thread of its own: until then a signal would do what it always did.
        source.setRegistrationHandler { isHeard.signal() }
        source.activate()
        isHeard.wait()
        return source
    }
}
