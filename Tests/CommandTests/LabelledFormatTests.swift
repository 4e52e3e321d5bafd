// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

/// Formats that labelled folders may hold and the inbox may not.
@Suite struct LabelledFormatTests {
    @Test func `a verdict is made of JPEGs only, and says what a PNG is`() throws {
        let site = try ScreeningSite()
        try site.write(SyntheticPNG.eye(seed: 1, side: 96), to: "eye.png")
        try site.write(SyntheticPNG.eye(seed: 1, side: 96), to: "inbox/eye.jpg")
        let classified = try site.run("classify", "eye.png")
        #expect(classified.status == 65)
        #expect(try classified.verdicts().map(\.reasons).first?.first?.code == "not-jpeg")
        #expect(classified.output.contains("is a PNG picture"))
        #expect(try site.run("screen", "--once").status == 0)
        #expect(try site.publishedVerdict(of: "eye.jpg").reasons.map(\.code) == ["not-jpeg"])
    }

    @Test func `what a labelled folder holds besides is told on standard error`() throws {
        let site = try ScreeningSite()
        for folder in ["labelled/disease", "labelled/normal"] { try site.makeFolder(folder) }
        try site.write(Eyes.first, to: "labelled/disease/a.jpg")
        try site.write(Eyes.second, to: "labelled/normal/b.jpg")
        try site.write([0x49, 0x49, 0x2A, 0, 8], to: "labelled/disease/a.tif")
        let outcome = try site.run("evaluate", "--json")
        #expect(outcome.status == 0 && outcome.errors.contains("1 file is not read: 1 × a TIFF picture"))
        let data = try EvaluationDocument(outcome).data
        #expect(data.otherFiles == 1 && data.otherKinds.map(\.files) == [1])
        #expect(data.otherKinds[0].kind == "a TIFF picture" && data.otherKinds[0].first == ["disease/a.tif"])
    }
}
