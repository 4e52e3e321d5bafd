// SPDX-License-Identifier: Apache-2.0
internal import Hashing

/// The parts of HL7 FHIR R4's resources that a verdict or an exam fills; names are the standard's.
enum FHIR {
    struct Identifier: Encodable {
        let system: String
        let value: String
    }

    struct Coding: Encodable {
        let system: String
        let code: String
    }

    struct CodeableConcept: Encodable {
        var coding: [Coding]?
        let text: String
    }

    struct Reference: Encodable {
        var reference: String?
        var display: String?
    }

    struct Annotation: Encodable { let text: String }

    /// What a person reads who has no program for the rest (https://hl7.org/fhir/R4/narrative.html).
    struct Narrative: Encodable {
        let status = "generated"
        let div: String

        private enum CodingKeys: String, CodingKey { case status, div }

        init(_ text: String) {
            let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            div = #"<div xmlns="http://www.w3.org/1999/xhtml">\#(escaped)</div>"#
        }
    }

    /// A number without a unit (https://ucum.org, "the unity").
    struct Quantity: Encodable {
        let value: Double
        let system = "http://unitsofmeasure.org"
        let code = "1"

        private enum CodingKeys: String, CodingKey { case value, system, code }
    }

    struct Component: Encodable {
        let code: CodeableConcept
        let valueQuantity: Quantity

        init(_ text: String, _ value: Double) {
            code = CodeableConcept(text: text)
            valueQuantity = Quantity(value: value)
        }
    }

    struct Observation: Encodable {
        let resourceType = "Observation"
        let text: Narrative
        let identifier: [Identifier]
        let status = "preliminary"
        let category = [
            CodeableConcept(
                coding: [
                    Coding(system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "imaging")
                ],
                text: "Imaging")
        ]
        let code: CodeableConcept
        let subject: Reference?
        let issued: String
        let performer: [Reference]
        let valueCodeableConcept: CodeableConcept?
        let dataAbsentReason: CodeableConcept?
        let note: [Annotation]
        var bodySite: CodeableConcept?
        /// Nil where there is none: the standard knows no empty list.
        let component: [Component]?

        private enum CodingKeys: String, CodingKey {
            case resourceType, text, identifier, status, category, code, subject, issued, performer
            case valueCodeableConcept, dataAbsentReason, note, bodySite, component
        }
    }

    struct DiagnosticReport: Encodable {
        let resourceType = "DiagnosticReport"
        let text: Narrative
        let identifier: [Identifier]
        let status = "preliminary"
        let code: CodeableConcept
        let subject: Reference?
        let issued: String
        let performer: [Reference]
        let result: [Reference]
        let conclusion: String

        private enum CodingKeys: String, CodingKey {
            case resourceType, text, identifier, status, code, subject, issued, performer, result
            case conclusion
        }
    }

    struct Bundle: Encodable {
        struct Entry: Encodable {
            let fullUrl: String
            let resource: Resource
        }

        enum Resource: Encodable {
            case report(DiagnosticReport)
            case observation(Observation)

            func encode(to encoder: any Encoder) throws {
                switch self {
                case .report(let report): try report.encode(to: encoder)
                case .observation(let observation): try observation.encode(to: encoder)
                }
            }
        }

        let resourceType = "Bundle"
        let type = "collection"
        let identifier: Identifier
        let timestamp: String
        let entry: [Entry]

        private enum CodingKeys: String, CodingKey { case resourceType, type, identifier, timestamp, entry }
    }

    /// A UUID of version 8 (RFC 9562, 5.8) from what makes a thing this one: the same each time.
    static func urn(_ name: String) -> String {
        var digits = Array(SHA256.hash(Array(name.utf8)).hexadecimal.prefix(32))
        digits[12] = "8"
        digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) & 3]
        for place in [20, 16, 12, 8] { digits.insert("-", at: place) }
        return "urn:uuid:\(String(digits))"
    }

    static func identifier(_ urn: String) -> Identifier { Identifier(system: "urn:ietf:rfc:3986", value: urn) }

    /// Codes of our own: what is told of is not one disease but any.
    static func outcome(_ outcome: Verdict.Outcome) -> CodeableConcept {
        CodeableConcept(
            coding: [Coding(system: "urn:fundusd:outcome", code: outcome.rawValue)],
            text: outcome == .disease ? "Signs of disease" : "No sign of disease")
    }

    /// Why there is no value.
    static func notPerformed(_ text: String) -> CodeableConcept {
        CodeableConcept(
            coding: [
                Coding(system: "http://terminology.hl7.org/CodeSystem/data-absent-reason", code: "not-performed")
            ], text: text)
    }
}
