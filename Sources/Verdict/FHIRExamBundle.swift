// SPDX-License-Identifier: Apache-2.0

/// An exam as HL7 FHIR R4 resources: a `Bundle` with one `DiagnosticReport` and an `Observation` of each eye.
///
/// As of a verdict (`FHIRBundle`): all are `preliminary`, and identities follow from the verdicts. An eye of which nothing is
/// known has its observation too, without a value: who reads the report must not take one eye for two.
package struct FHIRExamBundle: Sendable {
    private let exam: Exam
    /// Such as `Patient/123`; what the files are called says who it is to the site alone.
    private let patient: String?

    /// - Parameter patient: the reference of a patient, such as `Patient/123`; nil for none.
    package init(_ exam: Exam, patient: String? = nil) {
        self.exam = exam
        self.patient = patient
    }

    /// The bundle on one line.
    package func line() throws -> String { try OutboxDocument.line(bundle) }

    private var bundle: FHIR.Bundle {
        let observations = EyeSide.allCases.map { side in
            FHIR.Bundle.Entry(fullUrl: urn(side.rawValue), resource: .observation(observation(side, exam.eyes[side])))
        }
        return FHIR.Bundle(
            identifier: FHIR.identifier(urn("Bundle")), timestamp: exam.completedAt,
            entry: [.init(fullUrl: urn("DiagnosticReport"), resource: .report(report))] + observations)
    }

    private var report: FHIR.DiagnosticReport {
        FHIR.DiagnosticReport(
            text: .init(conclusion), identifier: [FHIR.identifier(urn("DiagnosticReport"))],
            code: .init(text: "Fundus photograph screening, both eyes"), subject: subject, issued: exam.completedAt,
            performer: [performer], result: EyeSide.allCases.map { .init(reference: urn($0.rawValue)) },
            conclusion: conclusion)
    }

    private func observation(_ side: EyeSide, _ eye: Exam.Eye?) -> FHIR.Observation {
        let judged = eye.flatMap { $0.isJudged ? $0 : nil }
        let file = eye.map { [FHIR.Annotation(text: "Photograph \($0.image), SHA-256 \($0.sha256).")] } ?? []
        return FHIR.Observation(
            text: .init(found(side, judged)), identifier: [FHIR.identifier(urn(side.rawValue))],
            code: .init(text: "Retinal disease on a fundus photograph"), subject: subject,
            issued: eye?.completedAt ?? exam.completedAt, performer: [performer],
            valueCodeableConcept: judged.map { FHIR.outcome($0.outcome) },
            dataAbsentReason: judged == nil ? FHIR.notPerformed(reason(side)?.code ?? "") : nil,
            note: [.init(text: exam.intendedUse)] + file,
            bodySite: .init(text: "\(side.rawValue.capitalizedFirst) eye"),
            component: judged?.probability.value.map { [.init("Probability of disease by the model", $0)] })
    }

    private func found(_ side: EyeSide, _ judged: Exam.Eye?) -> String {
        let name = "\(side.rawValue.capitalizedFirst) eye"
        guard let judged else { return "\(name): not judged. \(reason(side)?.message ?? "")" }
        let probability = judged.probability.value.map { " Probability of disease by the model: \($0)." } ?? ""
        return "\(name): \(FHIR.outcome(judged.outcome).text).\(probability)"
    }

    private func reason(_ side: EyeSide) -> Verdict.Reason? {
        exam.reasons.first { $0.code.hasPrefix("\(side.rawValue)-") }
    }

    private var conclusion: String {
        let known =
            switch exam.outcome {
            case .disease: "Refer: a person should look at these eyes."
            case .normal: "Routine."
            case .incomplete: "Not complete."
            }
        return ([known] + exam.reasons.map(\.message) + [exam.intendedUse]).joined(separator: " ")
    }

    private var subject: FHIR.Reference? { patient.map { .init(reference: $0) } }

    private var performer: FHIR.Reference { .init(display: Verdict.Software.current.name) }

    private func urn(_ resource: String) -> String {
        let eyes = EyeSide.allCases.map { exam.eyes[$0]?.sha256 ?? "" }.joined(separator: "\n")
        return FHIR.urn("exam \(resource)\n\(exam.person)\n\(eyes)\n\(exam.completedAt)")
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
