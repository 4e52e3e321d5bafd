// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Report
import Testing
import WrittenText

@Suite struct PredictionTableTests {
    @Test func `each image has its line, from which every figure can be computed again`() throws {
        let report = try EvaluationReport.example()
        let table = try CommaSeparatedTable(parsing: Array(report.predictionTable.utf8))
        #expect(
            table.columns == ["path", "class", "probability", "outcome", "quality", "group", "source", "sha256"])
        #expect(table.rows.count == report.images.count)
        let samples = try ScoredSamples(
            scores: table.rows.map { try #require(Double($0[2])) }, isDisease: table.rows.map { $0[1] == "disease" })
        #expect(ROCCurve(ThresholdSteps(samples)) == report.figures.roc)
        #expect(table.rows.count { $0[1] == "disease" && $0[3] == "disease" } == report.figures.matrix.truePositives)
        #expect(table.rows[5][4] == "blurred" && table.rows[4][4] == "gradable")
    }

    @Test func `names are quoted, and none is a formula`() throws {
        var image = EvaluationReport.image("disease/a, \"b\".jpg", 0.25)
        (image.group, image.source) = ("=1+1", "@x")
        let table = try EvaluationReport.report([image]).predictionTable
        #expect(
            table == """
                path,class,probability,outcome,quality,group,source,sha256\r
                "disease/a, ""b"".jpg",disease,0.25,normal,gradable,'=1+1,'@x,"disease/a, ""b"".jpg"\r

                """)
    }
}
