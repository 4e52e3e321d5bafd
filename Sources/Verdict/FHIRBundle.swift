// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Hashing

/// A verdict as HL7 FHIR R4 resources: a `Bundle` with a `DiagnosticReport` and the `Observation` that it rests on.
///
/// https://hl7.org/fhir/R4/diagnosticreport.html and observation.html. Nobody has looked at the picture yet, so both are
/// `preliminary`. What is no verdict on the eye (ungradable, rejected) has no value and says why: `not-performed`.
/// When the photograph was taken is not known here, so there is no effective time.
/// Identities follow from the verdict, so that sending it twice makes nothing new.
package struct FHIRBundle: Sendable {
    private let verdict: Verdict
    /// Such as `Patient/123`; the program does not know whose eye it is.
    private let patient: String?

    /// - Parameter patient: the reference of a patient, such as `Patient/123`; nil for none.
    package init(_ verdict: Verdict, patient: String? = nil) {
        self.verdict = verdict
        self.patient = patient
    }

    /// The bundle on one line.
    package func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(bundle), as: UTF8.self)
    }

    private var bundle: FHIR.Bundle {
        FHIR.Bundle(
            identifier: identifier, timestamp: verdict.completedAt,
            entry: [
                .init(fullUrl: urn("DiagnosticReport"), resource: .report(report)),
                .init(fullUrl: urn("Observation"), resource: .observation(observation)),
            ])
    }

    private var identifier: FHIR.Identifier {
        FHIR.Identifier(system: "urn:ietf:rfc:3986", value: urn("Bundle"))
    }

    private var report: FHIR.DiagnosticReport {
        FHIR.DiagnosticReport(
            text: .init(conclusion),
            identifier: [.init(system: "urn:ietf:rfc:3986", value: urn("DiagnosticReport"))],
            code: .init(text: "Fundus photograph screening"), subject: subject, issued: verdict.completedAt,
            performer: [performer], result: [.init(reference: urn("Observation"))],
            conclusion: conclusion)
    }

    private var observation: FHIR.Observation {
        FHIR.Observation(
            text: .init(found),
            identifier: [.init(system: "urn:ietf:rfc:3986", value: urn("Observation"))],
            code: .init(text: "Retinal disease on a fundus photograph"), subject: subject,
            issued: verdict.completedAt, performer: [performer],
            valueCodeableConcept: isJudged ? outcome : nil,
            dataAbsentReason: isJudged ? nil : reason,
            note: [.init(text: verdict.intendedUse), .init(text: file)], component: components)
    }

    private var isJudged: Bool { verdict.probability.value != nil }

    private var subject: FHIR.Reference? { patient.map { .init(reference: $0) } }

    private var performer: FHIR.Reference {
        .init(
            display:
                "\(verdict.software.name) \(verdict.software.version), model \(verdict.model.id) (\(verdict.model.precision))"
        )
    }

    /// Codes of our own: what is told of is not one disease but any.
    private var outcome: FHIR.CodeableConcept {
        .init(
            coding: [.init(system: "urn:fundusd:outcome", code: verdict.outcome.rawValue)],
            text: verdict.outcome == .disease ? "Signs of disease" : "No sign of disease")
    }

    private var reason: FHIR.CodeableConcept {
        .init(
            coding: [
                .init(system: "http://terminology.hl7.org/CodeSystem/data-absent-reason", code: "not-performed")
            ], text: "\(verdict.outcome.rawValue): \(verdict.reasons.map(\.code).joined(separator: ", "))")
    }

    private var found: String {
        guard let probability = verdict.probability.value else { return "Not judged. \(reason.text)" }
        return
            "\(outcome.text). Probability of disease by the model: \(probability); threshold: \(verdict.threshold.value)."
    }

    private var file: String { "Photograph \(verdict.image.name), SHA-256 \(verdict.image.sha256)." }

    private var components: [FHIR.Component] {
        var components: [FHIR.Component] = []
        if let probability = verdict.probability.value {
            components.append(.init("Probability of disease by the model", probability))
        }
        components.append(.init("Threshold: at or above it is disease", verdict.threshold.value))
        if let quality = verdict.quality.value { components.append(.init("Quality of the photograph", quality.score)) }
        return components
    }

    private var conclusion: String {
        let action =
            switch verdict.action {
            case .refer: "Refer: a person should look at this eye."
            case .routine: "Routine."
            case .retake: "Take the photograph again. \(verdict.reasons.map(\.message).joined(separator: " "))"
            }
        return "\(action) \(verdict.intendedUse)"
    }

    /// A UUID of version 8 (RFC 9562, 5.8) from what makes a verdict this one.
    private func urn(_ resource: String) -> String {
        let name =
            "\(resource)\n\(verdict.image.name)\n\(verdict.image.sha256)\n\(verdict.model.sha256)\n\(verdict.completedAt)"
        var digits = Array(SHA256.hash(Array(name.utf8)).hexadecimal.prefix(32))
        digits[12] = "8"
        digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) & 3]
        for place in [20, 16, 12, 8] { digits.insert("-", at: place) }
        return "urn:uuid:\(String(digits))"
    }
}
