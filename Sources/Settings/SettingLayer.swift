// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import SystemPackage

/// One source of settings: a provider of texts, and what to call the place that a text came from.
struct SettingLayer: Sendable {
    let provider: any ConfigProvider
    /// Words that the provider wants before the key's own.
    let prefix: [String]
    let origin: @Sendable (SettingKey) -> String

    /// The text that this source gives for the key, if any.
    func text(of key: SettingKey) -> String? {
        let path = AbsoluteConfigKey(prefix + key.components)
        guard case .string(let text) = try? provider.value(forKey: path, type: .string).value?.content else {
            return nil
        }
        return text
    }
}

extension SettingLayer {
    static let builtIn = SettingLayer(named: "default", texts: defaultTexts) { _ in "default" }

    static func file(_ file: ConfigurationFile) -> Self {
        let lines = file.entries.mapValues { file.source(line: $0.line) }
        return Self(named: file.path.string, texts: file.entries.mapValues(\.text)) { lines[$0] ?? file.path.string }
    }

    static func environment(_ variables: [String: String]) -> Self {
        let provider = EnvironmentVariablesProvider(environmentVariables: variables)
        return Self(provider: provider, prefix: ["fundusd"], origin: { $0.environmentName })
    }

    static func options(_ texts: [SettingKey: String]) -> Self {
        Self(named: "command line", texts: texts, origin: { $0.optionName })
    }

    private static let defaultTexts = Dictionary(
        uniqueKeysWithValues: SettingKey.allCases.compactMap { key in key.builtIn.text.map { (key, $0) } })

    private init(named name: String, texts: [SettingKey: String], origin: @escaping @Sendable (SettingKey) -> String) {
        let values = texts.map {
            (AbsoluteConfigKey($0.key.components), ConfigValue(.string($0.value), isSecret: false))
        }
        self.provider = InMemoryProvider(name: name, values: Dictionary(uniqueKeysWithValues: values))
        self.prefix = []
        self.origin = origin
    }
}
