// SPDX-License-Identifier: Apache-2.0
/// One thing that is wrong with the configuration, and what to do about it.
package struct SettingsFault: Sendable, Equatable, CustomStringConvertible {
    /// The key as the file spells it; empty where the file as a whole is at fault.
    package let key: String

    /// Where it was said: `/etc/fundusd/config.yaml:7`, `FUNDUSD_THRESHOLD`, `--threshold`, `default`.
    package let source: String

    /// What is wrong, as a clause without a full stop.
    package let message: String

    /// What to do, as a sentence.
    package let remedy: String

    package init(key: String, source: String, message: String, remedy: String) {
        self.key = key
        self.source = source
        self.message = message
        self.remedy = remedy
    }

    package var description: String {
        let sourceNamesKey = key.isEmpty || source.hasPrefix("--") || source.hasPrefix(SettingKey.environmentPrefix)
        return (sourceNamesKey ? "\(source): " : "\(source): \(key): ") + "\(message). \(remedy)"
    }
}

/// Everything that is wrong with the configuration: every fault, not only the first.
package struct SettingsFaults: Error, Equatable, CustomStringConvertible {
    package let faults: [SettingsFault]

    /// True where the only fault is that the file named by `--config` is not there: exit status 66, not 78.
    package let isMissingFile: Bool

    package init(_ faults: [SettingsFault], isMissingFile: Bool = false) {
        self.faults = faults
        self.isMissingFile = isMissingFile
    }

    /// The exit status in the numbers of sysexits.h: EX_NOINPUT or EX_CONFIG.
    package var exitStatus: Int32 { isMissingFile ? 66 : 78 }

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
