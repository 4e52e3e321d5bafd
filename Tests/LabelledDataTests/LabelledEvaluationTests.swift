// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import LabelledData
import LinuxIO
import ModelStore
import Report
import Settings
import SystemPackage
import Testing
import WrittenText

/// A labelled folder in, figures out.
@Suite struct LabelledEvaluationTests {
    private let site: ScreeningSite

    /// Eight drawn eyes: `disease/0.jpg`, `disease/2.jpg` …, `normal/1.jpg` …
    init() throws {
        site = try ScreeningSite()
        try Self.fill(site, 8)
    }

    private static let eyes = (0..<8).map { SyntheticEye(seed: UInt64($0) + 20, width: 96, height: 96).jpeg() }

    private static func fill(_ site: ScreeningSite, _ count: Int) throws {
        for folder in ["labelled/disease", "labelled/normal"] { try site.makeFolder(folder) }
        for number in 0..<count {
            try site.write(eyes[number], to: "labelled/\(number % 2 == 0 ? "disease" : "normal")/\(number).jpg")
        }
    }

    /// What the evaluation gave, and what it told meanwhile.
    private struct Outcome {
        let report: EvaluationReport
        let told: String
    }

    private func evaluate(
        _ options: [SettingKey: String] = [:], in other: ScreeningSite? = nil, model: String? = nil,
        groups: String? = nil, report: String? = nil, targetSensitivity: Double = 0.95, seed: UInt64 = 0
    ) throws -> Outcome {
        let place = other ?? site
        let evaluation = try LabelledEvaluation(
            try place.settings(options), model: model, groups: groups.map(place.path), report: report.map(place.path),
            targetSensitivity: targetSensitivity, seed: seed)
        var (told, judged) = ("", 0)
        let measured = try evaluation.run(tell: { told += "\($0)\n" }, afterEach: { judged += 1 })
        #expect(judged == evaluation.count)
        return Outcome(report: measured, told: told)
    }

    @Test func `the report has three files, with pictures of what was judged wrongly`() throws {
        let outcome = try evaluate(report: "new/report")
        #expect(outcome.told.isEmpty && outcome.report.images.count == 8)
        #expect(try site.names(in: "new/report") == ["predictions.csv", "report.html", "report.json"])
        #expect(try site.text("new/report/report.json").contains("fundusd.evaluation/1"))
        let page = try site.text("new/report/report.html")
        #expect(page.contains("<svg") && page.contains("data:image/jpeg;base64,"))
    }

    @Test func `bad files are named and left out, ungradable ones count, other files are left alone`() throws {
        try site.write(SyntheticPictures.text(), to: "labelled/normal/text.jpg")
        try site.write(SyntheticPictures.truncated(), to: "labelled/disease/cut.jpg")
        try site.write(Eyes.tooDark, to: "labelled/disease/dark.jpg")
        try site.write("notes", to: "labelled/disease/notes.txt")
        try site.write(Eyes.first, to: "labelled/disease/0.jpg.heatmap.jpg")
        try site.write(Eyes.first, to: "labelled/disease/.hidden.jpg")
        let outcome = try evaluate()
        let report = outcome.report
        #expect(report.skipped.map(\.path) == ["disease/cut.jpg", "normal/text.jpg"])
        #expect(report.skipped[0].reason.hasPrefix("truncated: "))
        #expect(outcome.told.contains("disease/cut.jpg is skipped") && outcome.told.contains("text.jpg"))
        #expect(report.images.count == 9 && report.ungradableCount == 1)
        #expect(report.unread.reduce(0) { $0 + $1.count } == 2)
        #expect(report.figures.samples.scores.count == 9 && report.gradableOnly?.samples.scores.count == 8)
    }

    @Test func `folders below a class and sources of the table are parts of their own`() throws {
        for folder in ["disease/camera 2", "normal/camera 2"] { try site.makeFolder("labelled/\(folder)") }
        try site.write(Eyes.first, to: "labelled/disease/camera 2/a.jpg")
        try site.write(Eyes.first, to: "labelled/normal/camera 2/b.jpg")
        // Paths from the labelled folder and from the table's own.
        try site.write(
            "path,group_id,source\ndisease/0.jpg,p1,here\nlabelled/normal/1.jpg,p1,there\ndisease/2.jpg,,here\n",
            to: "people.csv")
        let outcome = try evaluate(groups: "people.csv", report: "report")
        let report = outcome.report
        #expect(
            report.subgroups.map { "\($0.division) \($0.name)" }
                == ["subfolder camera 2", "source here", "source there"])
        #expect(try site.text("report/report.json").contains(#""groups": 9"#))
        #expect(report.contradictions.map { $0.map(\.path) } == [["disease/camera 2/a.jpg", "normal/camera 2/b.jpg"]])
        #expect(outcome.told.contains("7 of 10 images are not in "))
        let rows = try CommaSeparatedTable(parsing: site.read("report/predictions.csv")).rows
        #expect(rows.first { $0[0] == "normal/1.jpg" }?[5...6] == ["p1", "there"])
    }

    @Test func `links to images are followed, links to folders are not`() throws {
        try site.link("labelled/disease/link.jpg", to: "../../eye.jpg")
        try site.link("labelled/disease/around.jpg", to: "..")
        try site.write(Eyes.second, to: "eye.jpg")
        let report = try evaluate().report
        #expect(report.images.count == 9)
        #expect(report.skipped.map(\.path) == ["disease/around.jpg"])
    }

    @Test(arguments: [(nil, 0.5, "the model's own"), ("0.25", 0.25, "set by --threshold")])
    func `the threshold in use is told with its origin`(option: String?, value: Double, origin: String) throws {
        let question = try evaluate(option.map { [.threshold: $0] } ?? [:]).report.question
        #expect(question.figures.threshold == value && question.thresholdOrigin.contains(origin))
    }

    @Test func `a sensitivity can be asked for, whatever the model carries`() throws {
        let asked = try evaluate(targetSensitivity: 0.75).report.question.figures
        #expect(asked.targetSensitivity == 0.75 && asked.threshold == 0.5)
    }

    @Test func `the same seed gives the same report but for its date`() throws {
        func document(_ seed: UInt64) throws -> String {
            try evaluate(seed: seed).report.document.replacing(/"(created_at|seed)": "[^"]*"/, with: "")
        }
        #expect(try document(1) == document(1))
        #expect(try document(1) != document(2))
    }

    @Test func `nothing is written but the report`() throws {
        let before = try site.snapshot()
        _ = try evaluate()
        #expect(try site.snapshot() == before)
    }

    @Test func `a model's training history is drawn`() throws {
        let own = try ScreeningSite(model: .copied)
        try Self.fill(own, 2)
        let model = try #require(try ModelStore(root: try own.settings().state).championID)
        let history = "state/models/\(model)/history.json"
        try own.write(
            #"{"epochs": [{"epoch": 1, "train_loss": 0.7}, {"epoch": 2, "train_loss": 0.5}]}"#, to: history)
        _ = try evaluate(in: own, report: "report")
        #expect(try own.text("report/report.html").contains("How training went"))
        try own.write("{}", to: history)
        #expect(try evaluate(in: own, report: "report").told.contains("no loss curve"))
    }
}

/// What can't be evaluated.
extension LabelledEvaluationTests {
    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var removed: String?
        var written: [String: String] = [:]
        var labelled: String?
        var groups: String?
        var report: String?
        var model: String?
        let status: LinuxIO.ExitStatus
        let words: [String]
    }

    static let refused = [
        Refused(
            testDescription: "no labelled folder", labelled: "missing", status: .noInput,
            words: ["missing/disease", "--labelled"]),
        Refused(
            testDescription: "no folder of a class", removed: "labelled/normal", status: .noInput, words: ["normal"]),
        Refused(
            testDescription: "an empty class", removed: "labelled/normal",
            written: ["labelled/normal/notes.txt": "notes"], status: .dataError, words: ["normal", "holds no JPEG"]),
        Refused(
            testDescription: "a class of bad files", removed: "labelled/normal",
            written: ["labelled/normal/a.jpg": "text"], status: .dataError, words: ["can be decoded", "1 skipped"]),
        Refused(testDescription: "no table", groups: "missing.csv", status: .noInput, words: ["missing.csv"]),
        Refused(
            testDescription: "a table without paths", written: ["t.csv": "name,group\na,b\n"], groups: "t.csv",
            status: .dataError, words: ["no column “path”", "name, group"]),
        Refused(
            testDescription: "a table with semicolons", written: ["t.csv": "path;group\na;b\n"], groups: "t.csv",
            status: .dataError, words: ["no column “path”", "by commas, not semicolons"]),
        Refused(
            // Each letter and a zero.
            testDescription: "a table in UTF-16", written: ["t.csv": "p\0a\0t\0h\0"], groups: "t.csv",
            status: .dataError, words: ["t.csv: is UTF-16 text; save it as UTF-8"]),
        Refused(
            testDescription: "a table that tells nothing", written: ["t.csv": "path,age\na,b\n"], groups: "t.csv",
            status: .dataError, words: ["neither"]),
        Refused(
            testDescription: "a table of other images", written: ["t.csv": "path,group\nx.jpg,b\n"], groups: "t.csv",
            status: .dataError, words: ["no row", "disease/0.jpg"]),
        Refused(
            testDescription: "a ragged table", written: ["t.csv": "path,group\nx.jpg\n"], groups: "t.csv",
            status: .dataError, words: ["line 2"]),
        Refused(
            testDescription: "a report in the way of a file", report: "config.yaml", status: .cannotCreate,
            words: ["config.yaml"]),
        Refused(testDescription: "no such model", model: "nothing", status: .configuration, words: ["nothing"]),
    ]

    @Test(arguments: refused) func `what can't be evaluated is refused with a remedy`(refused: Refused) throws {
        if let removed = refused.removed {
            try site.remove(removed)
            if !refused.written.isEmpty { try site.makeFolder(removed) }
        }
        for (name, text) in refused.written { try site.write(text, to: name) }
        let labelled = refused.labelled.map { [SettingKey.labelled: site.path($0).string] } ?? [:]
        let refusal = try #require(throws: Refusal.self) {
            try evaluate(labelled, model: refused.model, groups: refused.groups, report: refused.report)
        }
        #expect(refusal.status == refused.status, "\(refusal)")
        for words in refused.words { #expect(refusal.message.contains(words), "\(refusal)") }
    }
}
