// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
package import Settings

/// What the machine decides where nobody gave a number.
extension Settings {
    /// Compute threads: as many as can run at once.
    package var threadCount: Int { threads ?? Self.allowance.count }

    /// Images at once: one is decoded or published while another is in the network.
    package var workerCount: Int { workers ?? min(2, threadCount) }

    /// The numbers that the machine decides, with the reason.
    package var decidedByTheMachine: [SettingKey: SettingProvenance] {
        [
            .threads: SettingProvenance(text: "\(threadCount)", origin: Self.allowance.origin),
            .workers: SettingProvenance(text: "\(workerCount)", origin: Self.allowance.origin),
        ]
    }

    /// Asked once: threads are started once, too.
    private static let allowance = ProcessorAllowance.current()
}
