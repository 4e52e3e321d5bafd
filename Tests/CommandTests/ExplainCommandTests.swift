// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import SystemPackage
import Testing

/// `fundusd explain`: what happened to one image, by any name that a person may have for it.
@Suite struct ExplainCommandTests {
    private let site: ScreeningSite

    init() throws {
        site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try site.write(SyntheticPictures.text(), to: "inbox/text.jpg")
        #expect(try site.run("screen", "--once").status == 0)
    }

    @Test func `an image is found by its name, by its path and by the beginning of its hash`() throws {
        let verdict = try site.publishedVerdict(of: "eye.jpg")
        let spellings = [
            "eye.jpg", "inbox/eye.jpg", "./inbox/eye.jpg", site.path("inbox/eye.jpg").string, verdict.image.sha256,
            String(verdict.image.sha256.prefix(12)), verdict.image.sha256.uppercased(),
        ]
        for spelling in spellings {
            let outcome = try site.run("explain", spelling)
            #expect(outcome.status == 0, "\(spelling)")
            #expect(outcome.output.hasPrefix("eye.jpg\n"), "\(spelling)")
            for words in [verdict.image.sha256, verdict.outcome, verdict.model.id, "published"] {
                #expect(outcome.output.contains(words), "\(spelling): \(words)")
            }
        }
    }

    @Test func `a rejected image is explained with its reason`() throws {
        let outcome = try site.run("explain", "text.jpg")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("rejected") && outcome.output.contains("not-jpeg: "))
    }

    @Test func `what the intake passes over is explained by what it is`() throws {
        #expect(symlink("eye.jpg", site.path("inbox/link.jpg").string) == 0)
        #expect(mkfifo(site.path("inbox/pipe.jpg").string, 0o600) == 0)
        try site.makeFolder("inbox/folder.jpg")
        try site.write(Eyes.second, to: "inbox/a.jpg.part")
        try site.write(Eyes.second, to: "inbox/new.jpg")
        let expected = [
            "link.jpg": "is a link", "pipe.jpg": "FIFO", "folder.jpg": "is a folder", "a.jpg.part": "skipped",
            "new.jpg": "has no verdict",
        ]
        for (name, words) in expected {
            let outcome = try site.run("explain", name)
            #expect(outcome.status == 0 && outcome.output.contains(words), "\(name): \(outcome.output)")
        }
    }

    struct Other: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let words: [String]
        var testDescription: String { name }
    }

    static let others = [
        Other(
            name: "scan.png", bytes: SyntheticPNG.eye(seed: 1, side: 8),
            words: ["no JPEG but a PNG picture", "as JPEG"]),
        Other(name: "scan.tif", bytes: [0x49, 0x49, 0x2A, 0], words: ["a TIFF picture", "left alone"]),
        Other(name: "notes.txt", bytes: SyntheticPictures.text(), words: ["no JPEG but text", "gets no verdict"]),
        Other(
            name: "new.jpg", bytes: SyntheticPNG.eye(seed: 1, side: 8),
            words: ["a PNG picture and no JPEG", "rejected"]),
    ]

    @Test(arguments: others) func `what is no JPEG has one answer`(_ other: Other) throws {
        try site.write(other.bytes, to: "inbox/\(other.name)")
        let outcome = try site.run("explain", other.name)
        #expect(outcome.status == 0)
        #expect(!outcome.output.contains("\n\n") && !outcome.output.contains("waits"), "\(outcome.output)")
        for words in other.words { #expect(outcome.output.contains(words), "\(outcome.output)") }
    }

    /// Neither the verdict of what had the name before, nor both.
    @Test func `what took an image's name and is no JPEG has its own answer`() throws {
        try site.write(Eyes.second, to: "inbox/eye")
        #expect(try site.run("screen", "--once").status == 0)
        #expect(try site.run("explain", "eye").output.contains("judged"))
        try site.write(SyntheticPNG.eye(seed: 1, side: 8), to: "inbox/eye")
        #expect(try site.run("screen", "--once").status == 0)
        let outcome = try site.run("explain", "eye")
        #expect(outcome.output.contains("left alone") && !outcome.output.contains("judged"), "\(outcome.output)")
    }

    @Test func `an older verdict under the same name is explained too`() throws {
        let first = try site.publishedVerdict(of: "eye.jpg")
        try site.write(Eyes.second, to: "inbox/eye.jpg")
        #expect(try site.run("screen", "--once").status == 0)
        let outcome = try site.run("explain", "eye.jpg")
        #expect(outcome.output.contains("as eye.jpg.\(first.image.sha256.prefix(12)).json"))
        #expect(outcome.output.contains("as eye.jpg.json"))
    }

    @Test(arguments: ["nothing.jpg", "0123456789ab", "inbox", "/etc/passwd", "../work/config.yaml", ""])
    func `what nobody knows of ends with 66`(name: String) throws {
        let outcome = try site.run("explain", name)
        #expect(outcome.status == 66, "\(outcome.output)")
        #expect(outcome.output.isEmpty && !outcome.errors.isEmpty)
    }

    @Test func `without a ledger the inbox is looked at all the same`() throws {
        let fresh = try ScreeningSite(model: .none)
        #expect(try fresh.run("explain", "eye.jpg").status == 66)
        try fresh.write(Eyes.first, to: "inbox/eye.jpg")
        #expect(try fresh.run("explain", "eye.jpg").output.contains("has no verdict"))
    }
}
