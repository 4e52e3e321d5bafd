// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Glibc

/// Signals of this process as they come, from now on in place of what the kernel would do.
package enum ProcessSignals {
    package static func stream(of numbers: [CInt]) -> AsyncStream<CInt> {
        AsyncStream { continuation in
            // libdispatch's objects may be used by any thread.
            nonisolated(unsafe) let sources = numbers.map { number in
                // libdispatch sees signals that are ignored, and the default would end the process before.
                _ = Glibc.signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { continuation.yield(number) }
                source.activate()
                return source
            }
            continuation.onTermination = { _ in for source in unsafe sources { source.cancel() } }
        }
    }
}
