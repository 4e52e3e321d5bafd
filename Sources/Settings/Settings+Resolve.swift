// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

extension Settings {
    /// The file that is read when `--config` names no other, if it is there.
    package static let defaultFile: FilePath = "/etc/fundusd/config.yaml"

    /// Variables that begin with `FUNDUSD_` and belong to somebody else: the compute kernels' instruction set.
    package static let foreignVariables: Set<String> = ["FUNDUSD_SIMD", "FUNDUSD_ENGINE"]

    /// Settings from all sources, later wins: defaults, file, environment, command line.
    ///
    /// - Parameters:
    ///   - file: what `--config` names; nil reads `defaultFile` if there is one.
    ///   - environment: the process's variables; those that do not begin with `FUNDUSD_` are passed over.
    ///   - options: the text of each option that was given.
    package static func resolve(
        file: FilePath? = nil,
        environment: [String: String],
        options: [SettingKey: String] = [:],
        defaultFile: FilePath = Self.defaultFile
    ) throws(SettingsFaults) -> Settings {
        let configuration = ConfigurationFile(at: file ?? defaultFile)
        if let file, configuration == nil { throw .missing(file) }

        let layers: [SettingLayer?] = [
            .builtIn, configuration.map(SettingLayer.file), .environment(environment), .options(options),
        ]
        var reading = SettingReading(layers: layers.compactMap(\.self))
        let settings = Settings(from: &reading)
        let faults = (configuration?.faults ?? []) + unknownVariables(environment) + reading.faults
        guard faults.isEmpty else { throw SettingsFaults(faults) }
        return settings
    }

    private static func unknownVariables(_ environment: [String: String]) -> [SettingsFault] {
        let known = SettingKey.allCases.map(\.environmentName)
        return environment.keys.sorted().compactMap { name in
            guard name.hasPrefix(SettingKey.environmentPrefix), !known.contains(name),
                !foreignVariables.contains(name)
            else { return nil }
            return SettingsFault(
                key: "", source: name, message: "there is no such setting",
                remedy: UnknownName.remedy(for: name, known: known))
        }
    }
}

extension SettingsFaults {
    fileprivate static func missing(_ file: FilePath) -> Self {
        let fault = SettingsFault(
            key: "", source: file.string, message: "there is no such file",
            remedy: "Check the name after --config, or leave the option out to use \(Settings.defaultFile).")
        return SettingsFaults([fault], isMissingFile: true)
    }
}
