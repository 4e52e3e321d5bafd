// SPDX-License-Identifier: Apache-2.0
/// How a thread shows that it works, goes on, or waits; what a watchdog looks at.
package struct Heartbeat: Sendable {
    /// Called when work begins.
    package let working: @Sendable () -> Void
    /// Called as the work goes on.
    package let advance: @Sendable () -> Void
    /// Called when there is nothing to do.
    package let idle: @Sendable () -> Void

    package init(
        working: @escaping @Sendable () -> Void = {}, advance: @escaping @Sendable () -> Void = {},
        idle: @escaping @Sendable () -> Void = {}
    ) {
        self.working = working
        self.advance = advance
        self.idle = idle
    }
}
