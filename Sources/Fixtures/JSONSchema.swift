// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import LinuxIO
package import SystemPackage

/// Checks documents against a JSON Schema: the part of draft 2020-12 that `docs/verdict.schema.json` uses.
///
/// A keyword that this does not know is an error, not a silent pass.
package struct JSONSchema: Sendable {
    private let bytes: [UInt8]

    package init(at path: FilePath) throws {
        bytes = try Descriptor.open(path, 0).read(upTo: 1 << 20)
    }

    /// The schema of this project's verdicts.
    package static func verdict() throws -> JSONSchema {
        try JSONSchema(at: PackageRoot.path.pushing("docs/verdict.schema.json"))
    }

    /// Every way in which a document breaks the schema; none for a valid one.
    package func faults(in document: [UInt8]) throws -> [String] {
        let schema = try JSONSerialization.jsonObject(with: Data(bytes))
        let value = try JSONSerialization.jsonObject(with: Data(document), options: [.fragmentsAllowed])
        return Self.check(value, schema as? [String: Any] ?? [:], at: "$")
    }

    private static let annotations: Set<String> = ["$schema", "$id", "title", "then"]

    private static func check(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
        schema.keys.sorted().flatMap { keyword -> [String] in
            if annotations.contains(keyword) { return [] }
            let rule = schema[keyword]!
            return switch keyword {
            case "properties", "additionalProperties", "required":
                checkObject(value, keyword, rule, schema, at: path)
            case "items", "minItems": checkArray(value, keyword, rule, at: path)
            case "allOf": (rule as! [[String: Any]]).flatMap { check(value, $0, at: path) }
            case "if": checkCondition(value, rule, schema, at: path)
            default: checkScalar(value, keyword, rule) ? [] : ["\(path): \(value) breaks \(keyword): \(rule)"]
            }
        }
    }

    private static func checkCondition(_ value: Any, _ rule: Any, _ schema: [String: Any], at path: String) -> [String]
    {
        guard check(value, rule as! [String: Any], at: path).isEmpty else { return [] }
        return check(value, schema["then"] as? [String: Any] ?? [:], at: path)
    }

    private static func checkObject(
        _ value: Any, _ keyword: String, _ rule: Any, _ schema: [String: Any], at path: String
    ) -> [String] {
        guard let object = value as? [String: Any] else { return [] }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        switch keyword {
        case "properties":
            return properties.keys.sorted().flatMap { name in
                object[name].map { check($0, properties[name]!, at: "\(path).\(name)") } ?? []
            }
        case "required":
            return (rule as! [String]).filter { object[$0] == nil }.map { "\(path): \($0) is missing" }
        default:
            return object.keys.filter { properties[$0] == nil }.map { "\(path): \($0) is not in the schema" }
        }
    }

    private static func checkArray(_ value: Any, _ keyword: String, _ rule: Any, at path: String) -> [String] {
        guard let array = value as? [Any] else { return [] }
        if keyword == "minItems" {
            return array.count >= rule as! Int ? [] : ["\(path): fewer than \(rule) elements"]
        }
        return array.enumerated().flatMap { check($1, rule as! [String: Any], at: "\(path)[\($0)]") }
    }

    private static func checkScalar(_ value: Any, _ keyword: String, _ rule: Any) -> Bool {
        let number = value is String || isBoolean(value) ? nil : value as? Double
        return switch keyword {
        case "const": (value as? String) == (rule as? String)
        case "enum": (rule as! [String]).contains { $0 == value as? String }
        case "type": (rule as? [String] ?? [rule as! String]).contains { hasType(value, $0) }
        case "minLength": (value as? String).map { $0.count >= rule as! Int } ?? true
        case "pattern":
            (value as? String).map { $0.range(of: rule as! String, options: .regularExpression) != nil } ?? true
        case "minimum": number.map { $0 >= rule as! Double } ?? true
        case "maximum": number.map { $0 <= rule as! Double } ?? true
        case "exclusiveMinimum": number.map { $0 > rule as! Double } ?? true
        case "exclusiveMaximum": number.map { $0 < rule as! Double } ?? true
        default: false
        }
    }

    private static func hasType(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "null": value is NSNull
        case "boolean": isBoolean(value)
        case "number": !isBoolean(value) && value is Double
        case "integer": !isBoolean(value) && (value as? Double).map { $0 == $0.rounded() } ?? false
        default: false
        }
    }

    /// JSONSerialization gives NSNumber for both; CFBoolean is the one whose type code is `c`.
    private static func isBoolean(_ value: Any) -> Bool {
        (value as? NSNumber).map { unsafe String(cString: $0.objCType) == "c" } ?? false
    }
}
