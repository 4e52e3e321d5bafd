// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials

/// What the program says of one person's two eyes together: `exams/PERSON.json` in the outbox.
///
/// Each eye's newest verdict that was given on the eye counts; the worse of the two decides, as screening programs refer
/// people and not pictures.
package struct Exam: Codable, Equatable, Sendable {
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case disease, normal
        /// No eye shows disease, and of at least one nothing is known: never a silent normal.
        case incomplete

        package var action: Verdict.Action {
            switch self {
            case .disease: .refer
            case .normal: .routine
            case .incomplete: .retake
            }
        }
    }

    /// The verdict that stands for an eye.
    package struct Eye: Codable, Equatable, Sendable {
        /// Of the photograph.
        package let image: String
        package let sha256: String
        package let outcome: Verdict.Outcome
        package let probability: OrNull<Double>
        /// The verdict's file, as its path in the outbox.
        package let verdict: String
        package let completedAt: String

        private enum CodingKeys: String, CodingKey {
            case image, sha256, outcome, probability, verdict
            case completedAt = "completed_at"
        }

        /// - Parameter file: the verdict's path in the outbox.
        package init(_ verdict: Verdict, file: String) {
            image = verdict.image.name
            sha256 = verdict.image.sha256
            outcome = verdict.outcome
            probability = verdict.probability
            self.verdict = file
            completedAt = verdict.completedAt
        }

        /// Whether something was said on the eye.
        package var isJudged: Bool { outcome == .disease || outcome == .normal }
    }

    package struct Eyes: Codable, Equatable, Sendable {
        package let right: OrNull<Eye>
        package let left: OrNull<Eye>

        package subscript(side: EyeSide) -> Eye? {
            switch side {
            case .right: right.value
            case .left: left.value
            }
        }
    }

    package let schema: String
    package let person: String
    package let outcome: Outcome
    package let action: Verdict.Action
    package let eyes: Eyes
    /// What is not known, and what to do about it; empty where both eyes were judged.
    package let reasons: [Verdict.Reason]
    /// When the newest of its verdicts was completed: the same verdicts make the same bytes.
    package let completedAt: String
    package let intendedUse: String

    private enum CodingKeys: String, CodingKey {
        case schema, person, outcome, action, eyes, reasons
        case completedAt = "completed_at"
        case intendedUse = "intended_use"
    }

    package static let schemaName = "fundusd.exam/1"

    /// - Parameter eyes: for each side the newest verdict on the eye, or where there is none the newest on a picture of it.
    package init(of person: String, _ eyes: [EyeSide: Eye]) {
        schema = Self.schemaName
        self.person = person
        outcome =
            eyes.values.contains { $0.outcome == .disease }
            ? .disease : EyeSide.allCases.allSatisfy { eyes[$0]?.isJudged == true } ? .normal : .incomplete
        action = outcome.action
        self.eyes = Eyes(right: OrNull(eyes[.right]), left: OrNull(eyes[.left]))
        reasons = EyeSide.allCases.compactMap { Self.reason($0, eyes[$0]) }
        completedAt = eyes.values.map(\.completedAt).max() ?? ""
        intendedUse = Verdict.intendedUseStatement
    }

    private static func reason(_ side: EyeSide, _ eye: Eye?) -> Verdict.Reason? {
        guard let eye else {
            return Verdict.Reason(
                code: "\(side.rawValue)-eye-missing",
                message: "No photograph of the \(side.rawValue) eye has come. Take one.")
        }
        if eye.isJudged { return nil }
        return Verdict.Reason(
            code: "\(side.rawValue)-eye-ungradable",
            message:
                "No photograph of the \(side.rawValue) eye can be judged; the newest is \(eye.outcome.rawValue). Take it again."
        )
    }
}

extension Exam {
    /// The document as the outbox has it.
    package func document() throws -> [UInt8] { try OutboxDocument.bytes(self) }

    /// The document on one line, as JSON Lines wants it.
    package func line() throws -> String { try OutboxDocument.line(self) }

    /// Reads a document as `document()` writes it.
    ///
    /// - Throws: what `JSONDecoder` says of bytes that are no exam.
    package init(document: [UInt8]) throws {
        self = try JSONDecoder().decode(Exam.self, from: Data(document))
    }
}
