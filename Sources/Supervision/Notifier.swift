// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What the service manager is told (man 3 sd_notify).
package enum Notification: Sendable, Equatable {
    /// Configuration, model, watch and first scan are done: work begins.
    case ready
    /// One line for `systemctl status`.
    case status(String)
    /// The configuration is being read again; `ready` follows. The time is CLOCK_MONOTONIC's.
    case reloading(microseconds: UInt64)
    /// The end has begun.
    case stopping
    /// A sign of life.
    case watchdog

    /// The reloading message at the present moment.
    package static var reloadingNow: Notification {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return .reloading(microseconds: UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000)
    }

    var text: String {
        switch self {
        case .ready: "READY=1"
        case .status(let line): "STATUS=" + TerminalText.escaped(line)
        case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
        case .stopping: "STOPPING=1"
        case .watchdog: "WATCHDOG=1"
        }
    }
}

/// The service manager did not take a message.
package struct NotificationFailure: Error, Equatable, CustomStringConvertible {
    package let message: String
    package let errorNumber: Int32

    package var description: String {
        let reason = unsafe String(cString: strerror(errorNumber))
        return "the service manager did not take \"\(message)\": \(reason). "
            + "Check that the unit has Type=notify and NotifyAccess=main, and that its sandbox allows AF_UNIX."
    }
}

/// Tells the service manager what the daemon is about.
package struct Notifier: Sendable {
    /// Whether somebody listens.
    package enum Delivery: Sendable, Equatable {
        case delivered
        /// Started by hand: NOTIFY_SOCKET is not set.
        case noServiceManager
    }

    private let send: @Sendable (String) -> Int32

    /// By the socket that the service manager named in the environment, where one did.
    package init() {
        self.init(send: SystemdLibrary.notify)
    }

    /// - Parameter send: as sd_notify: positive when delivered, 0 when nobody listens, else a negative errno.
    init(send: @escaping @Sendable (String) -> Int32) {
        self.send = send
    }

    /// - Throws: where the service manager listens and can't be told.
    @discardableResult
    package func notify(_ notification: Notification) throws(NotificationFailure) -> Delivery {
        let result = send(notification.text)
        guard result >= 0 else { throw NotificationFailure(message: notification.text, errorNumber: -result) }
        return result > 0 ? .delivered : .noServiceManager
    }
}
