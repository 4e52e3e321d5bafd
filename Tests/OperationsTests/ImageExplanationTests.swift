// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import LinuxIO
import Operations
import SystemPackage
import Testing
import Verdict

/// What happened to one image, by any name that a person may have for it.
@Suite struct ImageExplanationTests {
    private let site: ScreeningSite

    init() async throws {
        site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try site.write(SyntheticPictures.text(), to: "inbox/text.jpg")
        try await site.screen()
    }

    private func explained(_ image: String) throws -> String {
        try ImageExplanation(of: image, try site.settings()).text
    }

    @Test func `an image is found by its name, by its path and by the beginning of its hash`() throws {
        let verdict = try site.verdict(of: "eye.jpg")
        let sha256 = verdict.image.sha256
        let spellings = [
            "eye.jpg", site.path("inbox/eye.jpg").string, site.path("./inbox/../inbox/eye.jpg").string, sha256,
            String(sha256.prefix(12)), sha256.uppercased(),
        ]
        for spelling in spellings {
            let text = try explained(spelling)
            #expect(text.hasPrefix("eye.jpg\n"), "\(spelling)")
            for words in [sha256, verdict.outcome.rawValue, verdict.model.id, "published"] {
                #expect(text.contains(words), "\(spelling): \(words)")
            }
        }
    }

    @Test func `a rejected image is explained with its reason`() throws {
        let text = try explained("text.jpg")
        #expect(text.contains("rejected") && text.contains("not-jpeg: "))
    }

    @Test func `an image that crashed the program is explained with what tries it again`() throws {
        try site.setAside("poison.jpg", "ab")
        let text = try explained("poison.jpg")
        #expect(text.contains("set aside") && text.contains("fundusd retry"))
    }

    @Test func `what the intake passes over is explained by what it is`() throws {
        try site.link("inbox/link.jpg", to: "eye.jpg")
        #expect(mkfifo(site.path("inbox/pipe.jpg").string, 0o600) == 0)
        try site.makeFolder("inbox/folder.jpg")
        try site.write(Eyes.second, to: "inbox/a.jpg.part")
        try site.write(Eyes.second, to: "inbox/new.jpg")
        let expected = [
            "link.jpg": "is a link", "pipe.jpg": "FIFO", "folder.jpg": "is a folder", "a.jpg.part": "skipped",
            "new.jpg": "has no verdict",
        ]
        for (name, words) in expected {
            let text = try explained(name)
            #expect(text.contains(words), "\(name): \(text)")
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
        let text = try explained(other.name)
        #expect(!text.contains("\n\n") && !text.contains("waits"), "\(text)")
        for words in other.words { #expect(text.contains(words), "\(text)") }
    }

    /// Neither the verdict of what had the name before, nor both.
    @Test func `what took an image's name and is no JPEG has its own answer`() async throws {
        try site.write(Eyes.second, to: "inbox/eye")
        try await site.screen()
        #expect(try explained("eye").contains("judged"))
        try site.write(SyntheticPNG.eye(seed: 1, side: 8), to: "inbox/eye")
        try await site.screen()
        let text = try explained("eye")
        #expect(text.contains("left alone") && !text.contains("judged"), "\(text)")
    }

    @Test func `an older verdict under the same name is explained too`() async throws {
        let first = try site.verdict(of: "eye.jpg")
        try site.write(Eyes.second, to: "inbox/eye.jpg")
        try await site.screen()
        let text = try explained("eye.jpg")
        #expect(text.contains("as eye.jpg.\(first.image.sha256.prefix(12)).json"))
        #expect(text.contains("as eye.jpg.json"))
    }

    @Test(arguments: ["nothing.jpg", "0123456789ab", "/etc/passwd", "../work/config.yaml", "", "the inbox"])
    func `what nobody knows of is refused`(name: String) throws {
        let image = name == "the inbox" ? site.path("inbox").string : name
        #expect(try #require(throws: Refusal.self) { try explained(image) }.status == .noInput)
    }

    @Test func `without a ledger the inbox is looked at all the same`() throws {
        let fresh = try ScreeningSite(model: .none)
        let settings = try fresh.settings()
        #expect(try #require(throws: Refusal.self) { try ImageExplanation(of: "eye.jpg", settings) }.status == .noInput)
        try fresh.write(Eyes.first, to: "inbox/eye.jpg")
        #expect(try ImageExplanation(of: "eye.jpg", settings).text.contains("has no verdict"))
    }
}
