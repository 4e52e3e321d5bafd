// SPDX-License-Identifier: Apache-2.0
/// Reads key after key from the layers, the winning one first, and keeps every fault on the way.
struct SettingReading {
    /// From weakest to strongest.
    let layers: [SettingLayer]
    private(set) var faults: [SettingsFault] = []
    private(set) var provenance: [SettingKey: SettingProvenance] = [:]

    init(layers: [SettingLayer]) {
        self.layers = layers
    }

    /// The key's value from the strongest layer that has it; nil where none has, or where its text is refused.
    mutating func value<Value>(
        of key: SettingKey, _ parse: (String) throws(SettingRefusal) -> Value
    ) -> Value? {
        for layer in layers.reversed() {
            guard let text = layer.texts[key] else { continue }
            provenance[key] = SettingProvenance(text: text, origin: layer.origin(key))
            return parsed(key, text, parse)
        }
        provenance[key] = SettingProvenance(text: nil, origin: "default")
        return nil
    }

    /// Like `value(of:)`, for a key whose built-in default stands in for a refused text.
    mutating func required<Value>(
        _ key: SettingKey, _ parse: (String) throws(SettingRefusal) -> Value
    ) -> Value {
        if let value = value(of: key, parse) { return value }
        guard let text = key.builtIn.text, let value = try? parse(text) else {
            preconditionFailure("the built-in default of \(key.name) is not a valid value")
        }
        return value
    }

    mutating func refuse(_ key: SettingKey, _ refusal: SettingRefusal) {
        let origin = provenance[key]?.origin ?? "default"
        faults.append(
            SettingsFault(key: key.name, source: origin, message: refusal.message, remedy: refusal.remedy))
    }

    private mutating func parsed<Value>(
        _ key: SettingKey, _ text: String, _ parse: (String) throws(SettingRefusal) -> Value
    ) -> Value? {
        do throws(SettingRefusal) {
            if text.isEmpty {
                throw SettingRefusal(
                    message: "it has no value", remedy: "Give one, or leave it out for the default.")
            }
            return try parse(text)
        } catch {
            let fallback: String =
                if case .unset(let decidedBy) = key.builtIn { " Or leave it out: \(decidedBy)." } else { "" }
            refuse(key, SettingRefusal(message: error.message, remedy: error.remedy + fallback))
            return nil
        }
    }
}
