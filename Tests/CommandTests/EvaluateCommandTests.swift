// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import Glibc
import LinuxIO
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

    @Test func `bad files are named and left out, ungradable ones count, other files are left alone`() throws {
        try site.write(SyntheticPictures.text(), to: "labelled/normal/text.jpg")
        try site.write(SyntheticPictures.truncated(), to: "labelled/disease/cut.jpg")
        try site.write(Eyes.tooDark, to: "labelled/disease/dark.jpg")
        try site.write("notes", to: "labelled/disease/notes.txt")
        try site.write(Eyes.first, to: "labelled/disease/0.jpg.heatmap.jpg")
        try site.write(Eyes.first, to: "labelled/disease/.hidden.jpg")
        let outcome = try site.run("evaluate", "--json")
        #expect(outcome.status == 0)
        let document = try EvaluationDocument(outcome)
        #expect(document.data.skipped.map(\.path) == ["disease/cut.jpg", "normal/text.jpg"])
        #expect(document.data.skipped[0].reason.hasPrefix("truncated: "))
        #expect(outcome.errors.contains("disease/cut.jpg is skipped") && outcome.errors.contains("text.jpg"))
        #expect(document.data.images == 9 && document.data.ungradable == 1 && document.data.otherFiles == 2)
        #expect(document.figures.images == 9 && document.gradableOnly?.images == 8)
    }

    @Test func `folders below a class and sources of the table are parts of their own`() throws {
        for folder in ["disease/camera 2", "normal/camera 2"] { try site.makeFolder("labelled/\(folder)") }
        try site.write(Eyes.first, to: "labelled/disease/camera 2/a.jpg")
        try site.write(Eyes.first, to: "labelled/normal/camera 2/b.jpg")
        // Paths from the labelled folder and from the table's own.
        try site.write(
            "path,group_id,source\ndisease/0.jpg,p1,here\nlabelled/normal/1.jpg,p1,there\ndisease/2.jpg,,here\n",
            to: "people.csv")
        let outcome = try site.run("evaluate", "--groups", "people.csv", "--json", "--report", "report")
        let document = try EvaluationDocument(outcome)
        #expect(
            document.subgroups.map { "\($0.by) \($0.name)" } == ["subfolder camera 2", "source here", "source there"])
        #expect(document.data.groups == 9)
        #expect(document.data.contradictions == [["disease/camera 2/a.jpg", "normal/camera 2/b.jpg"]])
        #expect(outcome.errors.contains("7 of 10 images are not in people.csv"))
        #expect(try table().rows.first { $0[0] == "normal/1.jpg" }?[5...6] == ["p1", "there"])
    }

    @Test func `links to images are followed, links to folders are not`() throws {
        #expect(symlink("../../eye.jpg", site.path("labelled/disease/link.jpg").string) == 0)
        #expect(symlink("..", site.path("labelled/disease/around.jpg").string) == 0)
        try site.write(Eyes.second, to: "eye.jpg")
        let document = try EvaluationDocument(site.run("evaluate", "--json"))
        #expect(document.data.images == 9)
        #expect(document.data.skipped.map(\.path) == ["disease/around.jpg"])
    }

    @Test(arguments: [([String](), 0.5, "the model's own"), (["--threshold", "0.25"], 0.25, "set by --threshold")])
    func `the threshold in use is told with its origin`(options: [String], value: Double, origin: String) throws {
        let outcome = try site.runBare(["evaluate", "--json", "--config", "config.yaml"] + options)
        let threshold = try EvaluationDocument(outcome).threshold
        #expect(threshold.value == value && threshold.origin.contains(origin))
    }

    @Test func `a sensitivity can be asked for, whatever the model carries`() throws {
        let document = try EvaluationDocument(site.run("evaluate", "--json", "--target-sensitivity", "0.75"))
        #expect(document.figures.targetSensitivity.target == 0.75 && document.threshold.value == 0.5)
    }

    @Test func `the same seed gives the same report but for its date`() throws {
        func report(_ seed: String) throws -> String {
            let outcome = try site.run("evaluate", "--json", "--seed", seed)
            return outcome.output.replacing(/"(created_at|seed)": "[^"]*"/, with: "")
        }
        #expect(try report("1") == report("1"))
        #expect(try report("1") != report("2"))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var removed: String?
        var written: [String: String] = [:]
        var options: [String] = []
        let status: Int32
        let words: [String]
    }

    static let refusals = [
        Refusal(
            testDescription: "no labelled folder", options: ["--labelled", "missing"], status: 66,
            words: ["missing/disease", "--labelled"]),
        Refusal(testDescription: "no folder of a class", removed: "labelled/normal", status: 66, words: ["normal"]),
        Refusal(
            testDescription: "an empty class", removed: "labelled/normal",
            written: ["labelled/normal/notes.txt": "notes"], status: 65, words: ["normal", "holds no JPEG"]),
        Refusal(
            testDescription: "a class of bad files", removed: "labelled/normal",
            written: ["labelled/normal/a.jpg": "text"], status: 65, words: ["can be decoded", "1 skipped"]),
        Refusal(
            testDescription: "no table", options: ["--groups", "missing.csv"], status: 66, words: ["missing.csv"]),
        Refusal(
            testDescription: "a table without paths", written: ["t.csv": "name,group\na,b\n"],
            options: ["--groups", "t.csv"], status: 65, words: ["no column “path”", "name, group"]),
        Refusal(
            testDescription: "a table with semicolons", written: ["t.csv": "path;group\na;b\n"],
            options: ["--groups", "t.csv"], status: 65, words: ["no column “path”", "by commas, not semicolons"]),
        Refusal(
            // Each letter and a zero.
            testDescription: "a table in UTF-16", written: ["t.csv": "p\0a\0t\0h\0"],
            options: ["--groups", "t.csv"], status: 65, words: ["t.csv: is UTF-16 text; save it as UTF-8"]),
        Refusal(
            testDescription: "a table that tells nothing", written: ["t.csv": "path,age\na,b\n"],
            options: ["--groups", "t.csv"], status: 65, words: ["neither"]),
        Refusal(
            testDescription: "a table of other images", written: ["t.csv": "path,group\nx.jpg,b\n"],
            options: ["--manifest", "t.csv"], status: 65, words: ["no row", "disease/0.jpg"]),
        Refusal(
            testDescription: "a ragged table", written: ["t.csv": "path,group\nx.jpg\n"],
            options: ["--groups", "t.csv"], status: 65, words: ["line 2"]),
        Refusal(
            testDescription: "a report in the way of a file", options: ["--report", "config.yaml"], status: 73,
            words: ["config.yaml"]),
        Refusal(
            testDescription: "no such model", options: ["--model", "nothing"], status: 78, words: ["nothing"]),
        Refusal(
            testDescription: "an impossible sensitivity", options: ["--target-sensitivity", "1.5"], status: 64,
            words: ["--target-sensitivity"]),
    ]

    @Test(arguments: refusals) func `what can't be evaluated is refused with a remedy`(refusal: Refusal) throws {
        if let removed = refusal.removed {
            try site.remove(removed)
            if !refusal.written.isEmpty { try site.makeFolder(removed) }
        }
        for (name, text) in refusal.written { try site.write(text, to: name) }
        let outcome = try site.runBare(["evaluate", "--config", "config.yaml"] + refusal.options)
        #expect(outcome.status == refusal.status, "\(outcome.errors)")
        for words in refusal.words { #expect(outcome.errors.contains(words), "\(outcome.errors)") }
        #expect(outcome.output.isEmpty)
    }

    @Test func `nothing is written but the report`() throws {
        let before = try site.snapshot()
        try site.run("evaluate")
        #expect(try site.snapshot() == before)
    }

    @Test func `a model's training history is drawn`() throws {
        let own = try ScreeningSite(model: .copied)
        for folder in ["labelled/disease", "labelled/normal"] { try own.makeFolder(folder) }
        for number in 0..<2 { try own.write(Self.eyes[number], to: "labelled/\(Self.name(number))") }
        let model = try #require(try own.names(in: "state/models").first { $0 != "champion" })
        try own.write(
            #"{"epochs": [{"epoch": 1, "train_loss": 0.7}, {"epoch": 2, "train_loss": 0.5}]}"#,
            to: "state/models/\(model)/history.json")
        #expect(try own.run("evaluate", "--report", "report").status == 0)
        #expect(String(decoding: try own.read("report/report.html"), as: UTF8.self).contains("How training went"))
        try own.write("{}", to: "state/models/\(model)/history.json")
        let outcome = try own.run("evaluate", "--report", "report")
        #expect(outcome.status == 0 && outcome.errors.contains("no loss curve"))
    }
}
