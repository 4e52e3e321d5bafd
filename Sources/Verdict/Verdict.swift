// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import FundusImage

/// What the program says of one image: the JSON document in the outbox, schema `docs/verdict.schema.json`.
package struct Verdict: Codable, Equatable, Sendable {
    /// What was found; an image that can't be judged has an outcome too.
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case disease, normal, ungradable, rejected

        /// What is to be done with the eye: an image that nobody should judge is never a silent normal.
        package var action: Action {
            switch self {
            case .disease: .refer
            case .normal: .routine
            case .ungradable, .rejected: .retake
            }
        }
    }

    /// What is to be done with the eye.
    package enum Action: String, Codable, Sendable, CaseIterable {
        case refer, routine, retake
    }

    /// The file that was looked at.
    package struct Image: Codable, Equatable, Sendable {
        package let name: String
        /// The name's own bytes, where it is no UTF-8 and `name` can't hold it.
        package let nameBase64: String?
        package let sha256: String
        /// Of the file.
        package let bytes: Int
        /// Pixels of the file's own picture; null where its header could not be read.
        package let width: OrNull<Int>
        package let height: OrNull<Int>
        /// Where each side was decoded this many times smaller, so that P(disease) differs from the full picture's.
        package let shrinkage: Int?

        private enum CodingKeys: String, CodingKey {
            case name, sha256, bytes, width, height, shrinkage
            case nameBase64 = "name_base64"
        }
    }

    /// What was measured of the picture, whatever the network says.
    package struct Quality: Codable, Equatable, Sendable {
        package let gradable: Bool
        /// 0 where a limit is reached, 1 where nothing is near one.
        package let score: Double
        /// Codes, such as `too-dark`; `reasons` has them with words.
        package let findings: [String]
    }

    /// Why an eye has no verdict, or what to know of it.
    package struct Reason: Codable, Equatable, Sendable {
        package let code: String
        /// What is wrong and what to do about it.
        package let message: String
    }

    /// The program that judged.
    package struct Software: Codable, Equatable, Sendable {
        package let name: String
        package let version: String

        package static let current = Software(name: "fundusd", version: "0.1.0")
    }

    /// Milliseconds; null for a step that was not reached.
    package struct Timing: Codable, Equatable, Sendable {
        /// From its arrival until a worker took it.
        package let queued: Double
        package let decode: OrNull<Double>
        package let network: OrNull<Double>
        package let total: Double
    }

    package let schema: String
    package let image: Image
    package let outcome: Outcome
    package let action: Action
    /// P(disease), whatever class the network's own output speaks for; null when the image was not judged.
    package let probability: OrNull<Double>
    package let threshold: OperatingPoint
    package let quality: OrNull<Quality>
    package let reasons: [Reason]
    package let model: ModelIdentity
    package let software: Software
    package let timing: Timing
    /// When the intake first knew that it was complete; ISO 8601, UTC, as the completion.
    package let receivedAt: String
    package let completedAt: String
    package let intendedUse: String

    private enum CodingKeys: String, CodingKey {
        case schema, image, outcome, action, probability, threshold, quality, reasons, model, software
        case timing = "timing_ms"
        case receivedAt = "received_at"
        case completedAt = "completed_at"
        case intendedUse = "intended_use"
    }

    package static let schemaName = "fundusd.verdict/1"
    package static let intendedUseStatement = "Research use only. Not a medical device."
}

/// A value that JSON must show as `null` when it is absent: a reader then sees that it was not forgotten.
package struct OrNull<Value: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    package let value: Value?

    package init(_ value: Value?) { self.value = value }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension Verdict {
    /// The document as the outbox has it: sorted keys, indented, a newline at the end.
    package func document() throws -> [UInt8] { try OutboxDocument.bytes(self) }

    /// The document on one line, as JSON Lines wants it.
    package func line() throws -> String { try OutboxDocument.line(self) }

    /// Reads a document as `document()` writes it.
    ///
    /// - Throws: a `DecodingError` where it is none.
    package init(document: [UInt8]) throws {
        self = try JSONDecoder().decode(Verdict.self, from: Data(document))
    }
}

/// Where the line between normal and disease is drawn, and what is known of it.
package struct OperatingPoint: Codable, Equatable, Sendable {
    /// Who chose the threshold.
    package enum Source: String, Codable, Sendable, CaseIterable {
        /// The model's own, chosen when it was trained.
        case model
        /// The administrator's number.
        case configuration
        /// The model's, for the sensitivity that the administrator asked for.
        case targetSensitivity = "target-sensitivity"
    }

    /// P(disease) at or above it is disease.
    package let value: Double
    package let source: Source
    /// Measured at this threshold on the model's hold-out, where it has one.
    package let sensitivity: OrNull<Double>
    package let specificity: OrNull<Double>

    package init(value: Double, source: Source, sensitivity: Double? = nil, specificity: Double? = nil) {
        self.value = value
        self.source = source
        self.sensitivity = OrNull(sensitivity)
        self.specificity = OrNull(specificity)
    }
}

/// Which model judged.
package struct ModelIdentity: Codable, Equatable, Sendable {
    package let id: String
    /// Of the weights file.
    package let sha256: String
    /// ISO 8601, UTC; null for an imported model.
    package let trainedAt: OrNull<String>
    /// What it computed in: `float32`, `bf16` or `int8`.
    package let precision: String

    private enum CodingKeys: String, CodingKey {
        case id, sha256, precision
        case trainedAt = "trained_at"
    }

    package init(id: String, sha256: String, trainedAt: String?, precision: String = "float32") {
        self.id = id
        self.sha256 = sha256
        self.precision = precision
        self.trainedAt = OrNull(trainedAt)
    }
}

extension Date {
    /// RFC 3339 in UTC with milliseconds, as verdicts and the ledger have it.
    package var timestamp: String {
        formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
