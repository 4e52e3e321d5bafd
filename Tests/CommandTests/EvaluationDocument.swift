// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// `report.json` as a script reads it: the part that the tests look at.
struct EvaluationDocument: Decodable {
    struct Share: Decodable {
        let value: Double?
    }

    struct Matrix: Decodable {
        let truePositives, falsePositives, trueNegatives, falseNegatives: Int
    }

    struct Figures: Decodable {
        let auc: Share
        let atThreshold: Matrix
    }

    struct Other: Decodable {
        let kind: String
        let files: Int
        let first: [String]
    }

    struct Images: Decodable {
        let images, otherFiles: Int
        let otherKinds: [Other]
    }

    let schema: String
    let data: Images
    let figures: Figures

    init(_ document: [UInt8]) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Self.self, from: Data(document))
    }

    /// What `evaluate --json` printed.
    init(_ outcome: Fundusd.Outcome) throws { try self.init(Array(outcome.output.utf8)) }
}
