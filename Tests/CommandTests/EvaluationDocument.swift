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

    struct Target: Decodable {
        let target: Double
    }

    struct Figures: Decodable {
        let images: Int
        let auc: Share
        let atThreshold: Matrix
        let targetSensitivity: Target
    }

    struct Skipped: Decodable {
        let path, reason: String
    }

    struct Other: Decodable {
        let kind: String
        let files: Int
        let first: [String]
    }

    struct Images: Decodable {
        let images, ungradable, otherFiles: Int
        let otherKinds: [Other]
        let groups: Int?
        let skipped: [Skipped]
        let contradictions: [[String]]
    }

    struct Threshold: Decodable {
        let value: Double
        let origin: String
    }

    struct Part: Decodable {
        let by, name: String
    }

    let schema: String
    let data: Images
    let figures: Figures
    let gradableOnly: Figures?
    let threshold: Threshold
    let subgroups: [Part]

    init(_ document: [UInt8]) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Self.self, from: Data(document))
    }

    /// What `evaluate --json` printed.
    init(_ outcome: Fundusd.Outcome) throws { try self.init(Array(outcome.output.utf8)) }
}
