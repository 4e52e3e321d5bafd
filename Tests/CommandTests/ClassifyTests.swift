// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

/// `fundusd classify`, the verb that scripts call.
@Suite struct ClassifyTests {
    private let site: ScreeningSite

    init() throws {
        site = try ScreeningSite()
        for (number, eye) in Eyes.all.enumerated() { try site.write(eye, to: "eye-\(number + 1).jpg") }
    }

    @Test func `one eye gives one line with a probability`() throws {
        let outcome = try site.run("classify", "eye-1.jpg")
        #expect(outcome.status == 0)
        #expect(outcome.output.hasSuffix("\n") && outcome.lines.count == 1)
        let verdict = try #require(try outcome.verdicts().first)
        let probability = try #require(verdict.probability)
        #expect(0...1 ~= probability)
        #expect(verdict.image.name == "eye-1.jpg" && verdict.image.width == 256)
        #expect(verdict.threshold.source == "model" && verdict.threshold.value == 0.5)
        #expect(verdict.outcome == (probability >= 0.5 ? "disease" : "normal"))
    }

    @Test func `lines come in the order of the names, and the same eye gives the same answer`() throws {
        let outcome = try site.run("classify", "eye-3.jpg", "eye-1.jpg", "eye-2.jpg", "eye-1.jpg")
        let verdicts = try outcome.verdicts()
        try #require(verdicts.map(\.image.name) == ["eye-3.jpg", "eye-1.jpg", "eye-2.jpg", "eye-1.jpg"])
        #expect(verdicts[1].probability == verdicts[3].probability)
        #expect(verdicts[0].probability != verdicts[1].probability)
    }

    struct BadFile: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let outcome: String
        let reason: String
    }

    static let badFiles = [
        BadFile(testDescription: "text", bytes: SyntheticPictures.text(), outcome: "rejected", reason: "not-jpeg"),
        BadFile(testDescription: "PNG", bytes: SyntheticPictures.png(), outcome: "rejected", reason: "not-jpeg"),
        BadFile(testDescription: "nothing", bytes: [], outcome: "rejected", reason: "empty"),
        BadFile(
            testDescription: "truncated", bytes: SyntheticPictures.truncated(), outcome: "rejected",
            reason: "truncated"),
        BadFile(
            testDescription: "a promise of 60 000 × 60 000",
            bytes: SyntheticPictures.promising(width: 60_000, height: 60_000), outcome: "rejected",
            reason: "too-many-pixels"),
        BadFile(testDescription: "dark", bytes: Eyes.tooDark, outcome: "ungradable", reason: "too-dark"),
        BadFile(
            testDescription: "a landscape", bytes: SyntheticPictures.encode(SyntheticPictures.landscape()),
            outcome: "ungradable", reason: "no-retina"),
    ]

    @Test(arguments: badFiles) func `what can't be judged is said with its reason, and ends with 65`(file: BadFile)
        throws
    {
        try site.write(file.bytes, to: "bad.jpg")
        let outcome = try site.run("classify", "bad.jpg", "eye-1.jpg")
        #expect(outcome.status == 65)
        let verdicts = try outcome.verdicts()
        try #require(verdicts.map(\.image.name) == ["bad.jpg", "eye-1.jpg"])
        #expect(verdicts[0].outcome == file.outcome && verdicts[0].action == "retake")
        #expect(verdicts[0].reasons.map(\.code).contains(file.reason))
        #expect(verdicts[0].probability == nil && verdicts[1].probability != nil)
    }

    @Test(arguments: ["missing.jpg", "inbox", "config.yaml/eye.jpg"])
    func `what can't be read is named on standard error; the others are judged, and it ends with 66`(
        name: String
    ) throws {
        let outcome = try site.run("classify", "eye-1.jpg", name, "eye-2.jpg")
        #expect(outcome.status == 66)
        #expect(try outcome.verdicts().map(\.image.name) == ["eye-1.jpg", "eye-2.jpg"])
        #expect(outcome.errors.contains(name))
    }

    @Test func `a dash is one JPEG from standard input`() throws {
        let outcome = try site.run("classify", "-", input: "eye-2.jpg")
        let named = try site.run("classify", "eye-2.jpg")
        #expect(outcome.status == 0)
        let piped = try outcome.verdicts()
        #expect(piped.map(\.image.name) == ["-"])
        #expect(try piped.map(\.probability) == named.verdicts().map(\.probability))
    }

    @Test(arguments: ["names.txt", "-"]) func `names come from a list, blank lines and a missing end included`(
        list: String
    ) throws {
        try site.write("eye-2.jpg\n\neye-3.jpg\neye-1.jpg", to: "names.txt")
        let outcome = try site.run("classify", "--paths-from", list, input: "names.txt")
        #expect(outcome.status == 0)
        #expect(try outcome.verdicts().map(\.image.name) == ["eye-2.jpg", "eye-3.jpg", "eye-1.jpg"])
    }

    @Test func `a list from Windows is read as it is meant`() throws {
        try site.write("\u{FEFF}eye-2.jpg\r\n\r\neye-3.jpg\r\n", to: "names.txt")
        let outcome = try site.run("classify", "--paths-from", "names.txt")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try outcome.verdicts().map(\.image.name) == ["eye-2.jpg", "eye-3.jpg"])
    }

    @Test func `a list in UTF-16 is named as such`() throws {
        try site.write([0xFF, 0xFE] + Array("eye-2.jpg\n".utf8).flatMap { [$0, 0] as [UInt8] }, to: "names.txt")
        let outcome = try site.run("classify", "--paths-from", "names.txt")
        #expect(outcome.status == 65 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("names.txt is UTF-16 text; save it as UTF-8"), "\(outcome.errors)")
    }

    @Test func `a list that is not there ends with 66`() throws {
        let outcome = try site.run("classify", "--paths-from", "missing.txt")
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("missing.txt"))
    }

    @Test func `nothing is written anywhere`() throws {
        let before = try site.snapshot()
        try site.run("classify", "eye-1.jpg", "eye-2.jpg", "missing.jpg")
        #expect(try site.snapshot() == before)
    }
}
