// SPDX-License-Identifier: Apache-2.0
internal import SystemPackage

/// One source of settings: the texts that it gives, and what to call the place that a text came from.
struct SettingLayer: Sendable {
    let texts: [SettingKey: String]
    let origin: @Sendable (SettingKey) -> String

    static let builtIn = SettingLayer(
        texts: Dictionary(
            uniqueKeysWithValues: SettingKey.allCases.compactMap { key in key.builtIn.text.map { (key, $0) } }),
        origin: { _ in "default" })

    static func file(_ file: ConfigurationFile) -> Self {
        let lines = file.entries.mapValues { file.source(line: $0.line) }
        return Self(texts: file.entries.mapValues(\.text), origin: { lines[$0] ?? file.path.string })
    }

    static func environment(_ variables: [String: String]) -> Self {
        let texts = SettingKey.allCases.compactMap { key in variables[key.environmentName].map { (key, $0) } }
        return Self(texts: Dictionary(uniqueKeysWithValues: texts), origin: \.environmentName)
    }

    static func options(_ texts: [SettingKey: String]) -> Self {
        Self(texts: texts, origin: \.optionName)
    }
}
