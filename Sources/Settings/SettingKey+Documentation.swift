// SPDX-License-Identifier: Apache-2.0
/// The table as text: what `systemd/config.yaml` and `docs/configuration.md` hold, so that neither can fall behind.
extension SettingKey {
    /// The configuration file that is installed: every key explained, the folders set, all else commented out.
    package static func sampleFile() -> String {
        let head = """
            # The configuration of fundusd. Every setting can also be given in the environment or as an option.
            # After a change:  fundusd check-config && systemctl reload fundusd
            # All about it:    docs/configuration.md


            """
        return head + allCases.map(\.sampleLines).joined(separator: "\n")
    }

    /// The folders of the installed service; nil for what keeps its built-in default.
    private var installedValue: String? {
        switch self {
        case .inbox, .outbox, .labelled: "/srv/fundusd/\(name)"
        case .state: "/var/lib/fundusd"
        default: nil
        }
    }

    private var sampleLines: String {
        let explanation = "# \(meaning)\n# \(unit); \(environmentName), \(optionName)\n"
        if let installedValue { return explanation + "\(name): \(installedValue)\n" }
        switch builtIn {
        case .text(let text): return explanation + "#\(name): \(text)\n"
        case .unset(let decidedBy): return explanation + "#\(name):   # \(decidedBy)\n"
        }
    }
}
