// SPDX-License-Identifier: Apache-2.0
/// The parts of HL7 FHIR R4's resources that a verdict fills; names are the standard's.
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
        let component: [Component]

        private enum CodingKeys: String, CodingKey {
            case resourceType, text, identifier, status, category, code, subject, issued, performer
            case valueCodeableConcept, dataAbsentReason, note, component
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
}
