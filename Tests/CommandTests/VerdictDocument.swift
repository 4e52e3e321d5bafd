// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials

/// A verdict as a script reads it: JSON, valid against the schema.
struct VerdictDocument: Decodable {
    struct Image: Decodable {
        let name: String
        let sha256: String
        let width: Int?
    }

    struct Threshold: Decodable {
        let value: Double
        let source: String
    }

    struct Reason: Decodable {
        let code: String
    }

    struct Model: Decodable {
        let id: String
    }

    let image: Image
    let outcome: String
    let action: String
    let probability: Double?
    let threshold: Threshold
    let reasons: [Reason]
    let model: Model

    /// Where a document breaks the schema.
    struct InvalidError: Error {
        let faults: [String]
        let document: String
    }

    init(checking document: [UInt8]) throws {
        let faults = try Self.schema.get().faults(in: document)
        guard faults.isEmpty else {
            throw InvalidError(faults: faults, document: String(decoding: document, as: UTF8.self))
        }
        self = try JSONDecoder().decode(VerdictDocument.self, from: Data(document))
    }

    private static let schema = Result { try JSONSchema.verdict() }
}
