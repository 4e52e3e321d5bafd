// SPDX-License-Identifier: Apache-2.0
// In:  what the daemon does: log events, readiness, progress.
// Out: journal entries with fields, notifications and watchdog signs to the service manager.
// For: the verbs of fundusd; `watch` most of all.

internal import CSystemd
internal import Glibc

/// libsystemd behind Swift types; the one place that imports it.
enum SystemdLibrary {
    /// Sends `NAME=value` lines to the service manager: 1 delivered, 0 none listens, negative errno (man 3 sd_notify).
    static func notify(_ state: String) -> Int32 {
        unsafe sd_notify(0, state)
    }

    /// The watchdog's period as the service manager set it; nil where none watches (man 3 sd_watchdog_enabled).
    static func watchdogPeriod() -> Duration? {
        var microseconds: UInt64 = 0
        guard unsafe sd_watchdog_enabled(0, &microseconds) > 0, microseconds > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    /// Submits one entry of `NAME=value` fields, any bytes in the value: negative errno on failure.
    static func sendToJournal(_ fields: [[UInt8]]) -> Int32 {
        var lengths = fields.map(\.count)
        lengths.removeAll { $0 == 0 }
        var joined = fields.flatMap(\.self)
        return unsafe joined.withUnsafeMutableBytes { bytes in
            guard var next = bytes.baseAddress else { return 0 }
            // SAFETY: the lengths add up to the buffer's own, and journald only reads.
            let vectors = unsafe lengths.map { length in
                defer { unsafe next += length }
                return unsafe iovec(iov_base: next, iov_len: length)
            }
            return unsafe sd_journal_sendv(vectors, Int32(clamping: vectors.count))
        }
    }
}
