// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Report
import Testing

@Suite struct EvaluationReportTests {
    @Test func `the worst mistakes are those of the greatest confidence`() throws {
        let scores = [
            ("disease/a", 0.1), ("disease/b", 0.4), ("disease/c", 0.05), ("disease/d", 0.5), ("normal/a", 0.9),
            ("normal/b", 0.95), ("normal/c", 0.5), ("normal/d", 0.49),
        ]
        let report = try EvaluationReport.report(scores.map { EvaluationReport.image($0.0, $0.1) })
        #expect(report.worstMistakes(atMost: 2).missed.map(\.path) == ["disease/c", "disease/a"])
        #expect(report.worstMistakes(atMost: 2).falseAlarms.map(\.path) == ["normal/b", "normal/a"])
        #expect(report.worstMistakes(atMost: 9).missed.count == 3)
        #expect(report.worstMistakes(atMost: 9).falseAlarms.map(\.path) == ["normal/b", "normal/a", "normal/c"])
    }

    @Test func `the same bytes in both classes are a contradiction, in one a repetition`() throws {
        var images = ["disease/a", "disease/b", "normal/c", "normal/d", "normal/e"].map {
            EvaluationReport.image($0, 0.5)
        }
        (images[0].sha256, images[2].sha256) = ("x", "x")
        (images[3].sha256, images[4].sha256) = ("y", "y")
        let report = try EvaluationReport.report(images)
        #expect(report.contradictions.map { $0.map(\.path) } == [["disease/a", "normal/c"]])
        #expect(report.repeated.map { $0.map(\.path) } == [["disease/a", "normal/c"], ["normal/d", "normal/e"]])
    }

    @Test func `an image that the table does not know is a person of its own`() throws {
        var images = (0..<6).map { EvaluationReport.image("\($0 % 2 == 0 ? "disease" : "normal")/\($0)", 0.5) }
        #expect(try EvaluationReport.report(images).figures.samples.areGrouped == false)
        for place in 0..<3 { images[place].group = "a" }
        let samples = try EvaluationReport.report(images).figures.samples
        #expect(samples.areGrouped && samples.groupCount == 4)
    }

    @Test func `the summary names the positive class and every figure`() throws {
        let summary = try EvaluationReport.example().summary
        for word in ["disease", "AUC", "sensitivity", "specificity", "PPV", "NPV", "accuracy", "F1", "ECE", "Brier"] {
            #expect(summary.contains(word), "\(word)")
        }
        #expect(summary.contains("Positive means disease"))
        #expect(summary.contains("60 images of 15 people, 30 with disease, 30 normal. 1 file skipped."))
        #expect(summary.contains("subfolder camera 1: 10 with disease, 10 normal, AUC "))
        #expect(summary.contains("Without the 1 image that is ungradable"))
    }

    @Test func `a part that holds every image is not told twice`() throws {
        var images = ["disease/a", "normal/b"].map { EvaluationReport.image($0, 0.5) }
        for place in images.indices { images[place].source = "here" }
        #expect(try EvaluationReport.report(images).subgroups == [])
        images[0].source = "there"
        #expect(try EvaluationReport.report(images).subgroups.map(\.name) == ["here", "there"])
    }
}
