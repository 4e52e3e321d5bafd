// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import FoundationEssentials
import SystemPackage
import Testing
import WrittenText

/// One file of random scores, and what scikit-learn and SciPy say of it; made by `Golden/make_golden.py`.
struct GoldenCase: Sendable, CustomTestStringConvertible {
    struct Figures: Decodable, Sendable {
        let threshold: Double
        let counts: [Int]
        let sensitivity, specificity, accuracy: [Double]
        let positivePredictiveValue, negativePredictiveValue: [Double]?
        let f1: Double
        let auc: Double
        let aucInterval: [Double]?
        let roc, precisionRecall: [[Double]]
        let averagePrecision, brierScore, logLoss, expectedCalibrationError, equalMassCalibrationError: Double
        let bins: [[Double]]
        let temperature: Double
        let chosen: [Double]
        let bootstrap: [String: [Double]?]
    }

    let name: String
    let samples: ScoredSamples
    let expected: Figures

    var testDescription: String { name }

    static let all: [GoldenCase] = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            let figures = try decoder.decode([String: Figures].self, from: Data(bytes(of: "figures.json")))
            return try figures.keys.sorted().map { name in
                GoldenCase(name: name, samples: try samples(in: name), expected: figures[name]!)
            }
        } catch {
            fatalError("the golden files can't be read: \(error)")
        }
    }()

    private static func samples(in name: String) throws -> ScoredSamples {
        let table = try CommaSeparatedTable(parsing: bytes(of: name))
        return try ScoredSamples(
            scores: table.rows.map { Double($0[0])! }, isDisease: table.rows.map { $0[1] == "1" },
            groups: table.rows.map { $0[2] })
    }

    private static func bytes(of name: String) -> [UInt8] {
        RealData.bytes(of: PackageRoot.path.pushing(FilePath("Tests/EvaluationTests/Golden/\(name)")))
    }
}
