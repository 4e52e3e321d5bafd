// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import LinuxIO
internal import SystemPackage

/// Holds `fundusd classify`'s probabilities against logits that PyTorch gave for the same files.
struct Parity: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares the verdicts on standard input with PyTorch's logits; exits 1 beyond the tolerance.")

    /// A reference file: logits of P(normal), by file name.
    private struct Reference: Decodable {
        let logits: [String: Double]

        private enum CodingKeys: String, CodingKey {
            case logits = "logits_normal"
        }
    }

    private struct Line: Decodable {
        struct Image: Decodable { let name: String }
        let image: Image
        let outcome: String
        let probability: Double?
    }

    @Argument(help: "JSON with `logits_normal` by file name.") var reference: String
    @Option(help: "Largest difference of a probability.") var tolerance = 1e-3

    func run() throws {
        let bytes = try Descriptor.open(FilePath(reference), 0).read(upTo: 1 << 24)
        let logits = try JSONDecoder().decode(Reference.self, from: Data(bytes)).logits
        var differences: [(name: String, difference: Double)] = []
        var notJudged: [String] = []
        while let text = readLine() {
            let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
            let name = FilePath(line.image.name).lastComponent?.string ?? line.image.name
            guard let logit = logits[name] else { throw ValidationError("\(name) is not in the reference.") }
            guard let probability = line.probability else {
                notJudged.append("\(name): \(line.outcome)")
                continue
            }
            differences.append((name, abs(probability - Self.probabilityOfDisease(logitOfNormal: logit))))
        }
        try report(differences.sorted { $0.difference > $1.difference }, notJudged)
    }

    private func report(_ differences: [(name: String, difference: Double)], _ notJudged: [String]) throws {
        guard let largest = differences.first else { throw ValidationError("No verdict came on standard input.") }
        print(
            """
            \(differences.count) probabilities compared with PyTorch's; \
            largest difference \(largest.difference) (\(largest.name))
            """)
        print("median difference \(differences[differences.count / 2].difference), tolerance \(tolerance)")
        for line in notJudged { print("not judged: \(line)") }
        if largest.difference > tolerance { throw ExitCode.failure }
    }

    private static func probabilityOfDisease(logitOfNormal logit: Double) -> Double { 1 / (1 + exp(logit)) }
}
