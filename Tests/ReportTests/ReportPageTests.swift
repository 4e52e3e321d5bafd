// SPDX-License-Identifier: Apache-2.0
import Evaluation
import FoundationEssentials
import Report
import Testing

@Suite struct ReportPageTests {
    @Test func `the page is whole, needs nothing from elsewhere, and runs nothing`() throws {
        var report = try EvaluationReport.example()
        report.mistakes = [
            .init(image: report.images[0], photograph: [1, 2, 3, 4], heatmap: [5]),
            .init(image: report.images[1], photograph: [6], heatmap: [7, 8]),
        ]
        report.history = TrainingHistory(
            epochs: (1...5).map { .init(epoch: $0, trainLoss: 0.7 / Double($0), holdoutLoss: 0.6, holdoutAUC: 0.7) },
            bestEpoch: 3)
        let check = MarkupCheck(report.page)
        #expect(check.faults == [])
        #expect(check.tagCounts["script"] == nil)
        #expect(check.tagCounts["svg"] == 7)
        #expect(check.tagCounts["img"] == 4)
        #expect(report.page.contains("data:image/jpeg;base64,AQIDBA=="))
    }

    @Test func `what is known in service stands beside the figures, and that nothing is known is said`() throws {
        var report = try EvaluationReport.example()
        #expect(report.page.contains(InServiceFigures.unknown) && report.document.contains("\"in_service\": null"))
        let cells = [(JudgedClass.disease, 40.0, 10.0), (.normal, 3, 97)].map { judged, disease, normal in
            ReviewedCell(
                judged, stratum: "sample", pictures: 500, answers: ReviewAnswers(disease: disease, normal: normal))
        }
        let service = try #require(InServiceFigures(ServiceFigures(cells)))
        report.inService = service
        let check = MarkupCheck(report.page)
        #expect(check.faults == [])
        #expect(
            report.page.contains("In service, from 150 answers of people")
                && !report.page.contains(InServiceFigures.unknown))
        #expect(report.page.contains("Where it works"))
        #expect(report.document.contains("\"answers\": 150"))
    }

    @Test func `each plot has a name, a description, and a sentence on how to read it`() throws {
        let check = MarkupCheck(try EvaluationReport.example().page)
        let plots = try #require(check.tagCounts["svg"])
        #expect(plots == 5)
        // One title more is the page's own.
        #expect(check.tagCounts["title"] == plots + 1 && check.tagCounts["desc"] == plots)
        #expect(check.tagCounts["figcaption"] == plots && check.tagCounts["figure"] == plots)
    }

    @Test(arguments: ["<script>alert(1)</script>.jpg", "\" onerror=\"x", "a&b<b>.jpg", "a\u{1B}[31m\u{0}.jpg"])
    func `names from strangers are text and nothing else`(name: String) throws {
        var images = [
            EvaluationReport.image("disease/\(name)", 0.1), EvaluationReport.image("normal/\(name)", 0.9),
            EvaluationReport.image("disease/2", 0.7), EvaluationReport.image("normal/2", 0.3),
        ]
        for place in images.indices {
            images[place].sha256 = "same"
            (images[place].source, images[place].subfolder) = (name, name)
        }
        var report = try EvaluationReport.report(
            images, skipped: [.init(path: name, reason: name)],
            question: EvaluationReport.exampleQuestion(folder: name))
        report.mistakes = [.init(image: images[0], photograph: [], heatmap: [])]
        let check = MarkupCheck(report.page)
        #expect(check.faults == [])
        #expect(check.tagCounts["script"] == nil && check.tagCounts["b"] == nil)
        #expect(!report.page.contains("\u{1B}") && !report.page.contains("\u{0}"))
    }

    @Test(arguments: [
        [("disease/1", 0.9)], [("normal/1", 0.9)], [("disease/1", 0), ("normal/1", 1)],
        [("disease/1", 0.5), ("normal/1", 0.5), ("normal/2", 0.5)],
    ]) func `small and one-sided sets have a page too`(set: [(String, Double)]) throws {
        let report = try EvaluationReport.report(set.map { EvaluationReport.image($0.0, $0.1) })
        #expect(MarkupCheck(report.page).faults == [])
        for text in [report.page, report.document, report.summary] {
            #expect(!text.contains("nan") && !text.contains("inf ") && !text.contains(": inf"))
        }
    }

    @Test func `the same report is the same page`() throws {
        #expect(try EvaluationReport.example().page == EvaluationReport.example().page)
    }

    @Test(arguments: 0..<40) func `base64 is Foundation's`(length: Int) throws {
        var report = try EvaluationReport.example()
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ length) }
        report.mistakes = [.init(image: report.images[0], photograph: bytes, heatmap: [])]
        #expect(report.page.contains("base64,\(Data(bytes).base64EncodedString())\""))
    }
}
