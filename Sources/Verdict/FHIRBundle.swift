// SPDX-License-Identifier: Apache-2.0
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
    package func line() throws -> String { try OutboxDocument.line(bundle) }

    private var bundle: FHIR.Bundle {
        FHIR.Bundle(
            identifier: FHIR.identifier(urn("Bundle")), timestamp: verdict.completedAt,
            entry: [
                .init(fullUrl: urn("DiagnosticReport"), resource: .report(report)),
                .init(fullUrl: urn("Observation"), resource: .observation(observation)),
            ])
    }

    private var report: FHIR.DiagnosticReport {
        FHIR.DiagnosticReport(
            text: .init(conclusion),
            identifier: [FHIR.identifier(urn("DiagnosticReport"))],
            code: .init(text: "Fundus photograph screening"), subject: subject, issued: verdict.completedAt,
            performer: [performer], result: [.init(reference: urn("Observation"))],
            conclusion: conclusion)
    }

    private var observation: FHIR.Observation {
        FHIR.Observation(
            text: .init(found),
            identifier: [FHIR.identifier(urn("Observation"))],
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

    private var outcome: FHIR.CodeableConcept { FHIR.outcome(verdict.outcome) }

    private var reason: FHIR.CodeableConcept {
        FHIR.notPerformed("\(verdict.outcome.rawValue): \(verdict.reasons.map(\.code).joined(separator: ", "))")
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

    private func urn(_ resource: String) -> String {
        FHIR.urn(
            "\(resource)\n\(verdict.image.name)\n\(verdict.image.sha256)\n\(verdict.model.sha256)\n\(verdict.completedAt)"
        )
    }
}
