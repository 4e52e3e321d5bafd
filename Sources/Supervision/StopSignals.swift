// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Synchronization

/// Whether SIGTERM or SIGINT has come: long work asks between its steps, keeps what it has, and ends.
package enum StopSignals {
    private static let received = Atomic<Int32>(0)

    /// The first of each signal is noted; a second one ends the process at once, for people who can't wait.
    package static func note() {
        // Touched here, so that the handler below never is the one that sets it up.
        _ = received.load(ordering: .relaxed)
        for number in [SIGTERM, SIGINT] {
            _ = Glibc.signal(number) { number in
                StopSignals.received.store(number, ordering: .relaxed)
                _ = Glibc.signal(number, SIG_DFL)
            }
        }
    }

    /// Which signal has come; nil while none has.
    package static var signal: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Ends the process by the signal that has come, SIGTERM where none has.
    package static func endAsAsked() -> Never { end(by: signal ?? SIGTERM) }

    /// Ends the process by the signal that it was asked to end by, as its parent expects (man 7 signal; bash says 128 + n).
    package static func end(by number: Int32) -> Never {
        _ = Glibc.signal(number, SIG_DFL)
        raise(number)
        exit(128 + number)
    }
}
