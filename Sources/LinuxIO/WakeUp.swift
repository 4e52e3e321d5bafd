// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
internal import SystemPackage

/// Wakes a thread that sleeps in `poll(2)`: an event counter that the sleeper polls. See `man 2 eventfd`.
package final class WakeUp: Sendable {
    private let counter: Descriptor

    /// - Throws: where no descriptor is left.
    package init() throws(SystemFailure) {
        let raw = eventfd(0, CInt(O_CLOEXEC | O_NONBLOCK))
        guard raw >= 0 else { throw .current("eventfd", "eventfd") }
        counter = Descriptor(raw: raw, path: "eventfd")
    }

    /// Ends the sleep in progress, or the next one.
    package func signal() { try? counter.write([1, 0, 0, 0, 0, 0, 0, 0]) }

    /// Sleeps until `other` is readable, `signal` was called or the time is over. See `man 2 poll`.
    package func sleep(orUntilReadable other: CInt?, atMost duration: Duration) {
        var waits = [pollfd(fd: counter.raw, events: Int16(POLLIN), revents: 0)]
        if let other { waits.append(pollfd(fd: other, events: Int16(POLLIN), revents: 0)) }
        let (seconds, attoseconds) = max(duration, .zero).components
        // Rounded up: a sleep that ends early would spin until its deadline.
        let milliseconds = min(seconds, 3600) * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        let ready = unsafe poll(&waits, nfds_t(waits.count), CInt(milliseconds))
        if ready > 0, waits[0].revents != 0 { _ = try? counter.read(upTo: 8) }
    }
}
