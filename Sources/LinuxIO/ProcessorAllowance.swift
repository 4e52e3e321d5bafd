// SPDX-License-Identifier: Apache-2.0
internal import CLinux
package import SystemPackage

/// How many threads can run at once here: as many as there are processors to be scheduled on, and no more than the time
/// that the process's control groups may use.
///
/// More threads than that only wait for each other: with a quota of one processor, two threads use up a period's time in its
/// first half and then both stand still for the second.
package struct ProcessorAllowance: Sendable, Equatable {
    /// At least 1.
    package let count: Int
    /// Where the number comes from, in a few words.
    package let origin: String

    /// - Parameters:
    ///   - usableProcessors: What the scheduler may give to this process.
    ///   - root: Where `proc` and the mount points of the control groups begin.
    package init(usableProcessors: Int, root: FilePath = "/") {
        let usable = max(usableProcessors, 1)
        let tightest = ControlGroups(root: root).processorQuotas().min { $0.processors < $1.processors }
        if let tightest, tightest.processors < usable {
            count = max(tightest.processors, 1)
            origin = "\(tightest.file) allows \(tightest.quota) µs of each \(tightest.period) µs"
        } else {
            count = usable
            origin = usable == 1 ? "1 processor can be used" : "\(usable) processors can be used"
        }
    }

    /// This process's.
    package static func current() -> ProcessorAllowance {
        ProcessorAllowance(usableProcessors: Int(clinux_usable_processors()))
    }
}
