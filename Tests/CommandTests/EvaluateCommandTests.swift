// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import SystemPackage
import Testing
import WrittenText

/// `fundusd evaluate`: a labelled folder in, figures out.
@Suite struct EvaluateCommandTests {
    private let site: ScreeningSite

    /// Eight drawn eyes: `disease/0.jpg`, `disease/2.jpg` …, `normal/1.jpg` …
    init() throws {
        site = try ScreeningSite()
        for folder in ["labelled/disease", "labelled/normal"] { try site.makeFolder(folder) }
        for number in 0..<8 { try site.write(Self.eyes[number], to: "labelled/\(Self.name(number))") }
    }

    private static let eyes = (0..<8).map { SyntheticEye(seed: UInt64($0) + 20, width: 96, height: 96).jpeg() }

    private static func name(_ number: Int) -> String { "\(number % 2 == 0 ? "disease" : "normal")/\(number).jpg" }

    private func table(_ name: String = "report/predictions.csv") throws -> CommaSeparatedTable {
        try CommaSeparatedTable(parsing: site.read(name))
    }

    @Test func `the figures are on standard output, and three files in the report`() throws {
        let outcome = try site.run("evaluate", "--report", "new/report")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("Positive means disease") && outcome.output.contains("AUC"))
        #expect(outcome.errors.isEmpty)
        #expect(try site.names(in: "new/report") == ["predictions.csv", "report.html", "report.json"])
        let document = try EvaluationDocument(site.read("new/report/report.json"))
        #expect(document.schema == "fundusd.evaluation/1" && document.data.images == 8)
        let page = String(decoding: try site.read("new/report/report.html"), as: UTF8.self)
        #expect(page.contains("<svg") && page.contains("data:image/jpeg;base64,"))
    }

    @Test func `probabilities are those of classify, and the figures follow from them`() throws {
        let document = try EvaluationDocument(site.run("evaluate", "--report", "report", "--json"))
        let rows = try table().rows
        #expect(rows.map { $0[0] } == (0..<8).map(Self.name).sorted())
        let verdicts = try Fundusd.Outcome(
            status: 0, output: site.run("classify", "--paths-from", names(of: rows)).output, errors: ""
        ).verdicts()
        let samples = try ScoredSamples(
            scores: rows.map { Double($0[2]) ?? .nan }, isDisease: rows.map { $0[1] == "disease" })
        for (verdict, score) in zip(verdicts, samples.scores) {
            #expect(abs((verdict.probability ?? .nan) - score) < 1e-6)
        }
        #expect(document.figures.auc.value == ROCCurve(ThresholdSteps(samples))?.areaUnderCurve)
        let matrix = document.figures.atThreshold
        #expect(matrix.truePositives == rows.count { $0[1] == "disease" && $0[3] == "disease" })
        #expect(matrix.truePositives + matrix.falseNegatives == 4)
    }

    private func names(of rows: [[String]]) throws -> String {
        try site.write(rows.map { "labelled/\($0[0])\n" }.joined(), to: "names.txt")
        return "names.txt"
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let options: [String]
        let status: Int32
        let words: String
        var testDescription: String { options.joined(separator: " ") }
    }

    static let refused = [
        Refused(options: ["--labelled", "missing"], status: 66, words: "missing/disease"),
        Refused(options: ["--groups", "t.csv"], status: 65, words: "no row for any of the images"),
        Refused(options: ["--manifest", "t.csv"], status: 65, words: "no row for any of the images"),
        Refused(options: ["--target-sensitivity", "1.5"], status: 64, words: "--target-sensitivity"),
        Refused(options: ["--threshold", "half"], status: 78, words: "--threshold"),
    ]

    @Test(arguments: refused) func `what can't be evaluated is refused on standard error`(refused: Refused) throws {
        try site.write("path,group\nx.jpg,b\n", to: "t.csv")
        let outcome = try site.runBare(["evaluate", "--config", "config.yaml"] + refused.options)
        #expect(outcome.status == refused.status && outcome.errors.contains(refused.words), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }
}
