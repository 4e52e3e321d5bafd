// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import SystemPackage
import Testing

/// `fundusd screen --once`: the daemon's line for cron and scripts.
@Suite struct ScreenCommandTests {
    @Test func `each image has its verdict, all else is left alone, and a second run adds nothing`() throws {
        let site = try ScreeningSite()
        try fill(site)
        let outcome = try site.run("screen", "--once")
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("6 new verdicts"))
        let expected = [
            "CAPITALS.JPEG": "judged", "dark.jpg": "ungradable", "eye.jpg": "judged", "no-ending": "judged",
            "png.jpg": "rejected", "text.jpg": "rejected",
        ]
        #expect(try site.names(in: "outbox") == expected.keys.sorted().map { "\($0).json" })
        for (name, outcome) in expected {
            let verdict = try site.publishedVerdict(of: name)
            #expect((verdict.probability == nil ? verdict.outcome : "judged") == outcome, "\(name)")
            #expect(verdict.image.name == name)
        }

        let before = try site.snapshot(of: "outbox")
        let second = try site.run("screen", "--once")
        #expect(second.status == 0)
        #expect(second.output.hasPrefix("0 new verdicts"))
        #expect(try site.snapshot(of: "outbox") == before)
    }

    /// Six images by content or by name, and much that is none.
    private func fill(_ site: ScreeningSite) throws {
        let eyes = ["eye.jpg", "CAPITALS.JPEG", "no-ending"]
        let skipped = [
            ".hidden.jpg", "~$a.jpg", "a.jpg.tmp", "a.jpg.part", "a.jpg.partial", "a.jpg.filepart", "a.jpg.crdownload",
            "a.jpg.download", "Thumbs.db", "desktop.ini", "a.sync-conflict-20261124-1.jpg",
        ]
        for name in eyes + skipped { try site.write(Eyes.first, to: "inbox/\(name)") }
        try site.write(Eyes.tooDark, to: "inbox/dark.jpg")
        try site.write(SyntheticPictures.text(), to: "inbox/text.jpg")
        try site.write(SyntheticPictures.png(), to: "inbox/png.jpg")
        try site.write("notes", to: "inbox/notes.txt")
        try site.makeFolder("inbox/folder.jpg")
        try site.write(Eyes.first, to: "inbox/folder.jpg/below.jpg")
        #expect(symlink("eye.jpg", site.path("inbox/link.jpg").string) == 0)
        #expect(mkfifo(site.path("inbox/pipe.jpg").string, 0o600) == 0)
    }

    @Test func `subfolders are screened when asked for, and mirrored`() throws {
        let site = try ScreeningSite()
        try site.makeFolder("inbox/left/old")
        try site.makeFolder("inbox/@eaDir")
        for name in ["a.jpg", "left/a.jpg", "left/old/b.jpg", "@eaDir/c.jpg"] {
            try site.write(Eyes.first, to: "inbox/\(name)")
        }
        #expect(try site.run("screen", "--once", "--recursive", "true").status == 0)
        #expect(try site.publishedVerdict(of: "left/old/b.jpg").image.name == "left/old/b.jpg")
        #expect(site.exists("outbox/left/a.jpg.json") && site.exists("outbox/a.jpg.json"))
        #expect(!site.exists("outbox/@eaDir"))
    }

    @Test(arguments: ["keep", "archive", "delete"]) func `a screened image is kept, archived or deleted`(
        after: String
    ) throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        #expect(try site.run("screen", "--once", "--after", after).status == 0)
        #expect(site.exists("inbox/eye.jpg") == (after == "keep"))
        let archived = try site.snapshot(of: "state").keys.filter { $0.hasSuffix("eye.jpg") }
        if after == "archive" {
            let path = try #require(archived.first)
            #expect(path.wholeMatch(of: /archive\/\d{4}\/\d\d\/\d\d\/eye\.jpg/) != nil, "\(path)")
            #expect(try site.read("state/\(path)") == Eyes.first)
        } else {
            #expect(archived.isEmpty)
        }
        #expect(site.exists("outbox/eye.jpg.json"))
    }

    @Test func `while a daemon is at work it gives way with 75`() throws {
        let site = try ScreeningSite()
        let daemon = try site.watch()
        let outcome = try site.run("screen", "--once")
        #expect(outcome.status == 75)
        #expect(outcome.errors.contains("\(daemon.processID)"))
        #expect(try daemon.stop() == 0)
        #expect(try site.run("screen", "--once").status == 0)
    }

    struct Broken: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int32
        let words: String
        let damage: @Sendable (ScreeningSite) throws -> Void
    }

    static let broken = [
        Broken(testDescription: "no inbox", status: 78, words: "inbox") { try $0.remove("inbox") },
        Broken(testDescription: "a file in place of the inbox", status: 78, words: "not a folder") {
            try $0.remove("inbox")
            try $0.write("", to: "inbox")
        },
        Broken(testDescription: "a file in place of the outbox", status: 78, words: "not a folder") {
            try $0.remove("outbox")
            try $0.write("", to: "outbox")
        },
        Broken(testDescription: "a file in place of the state", status: 78, words: "not a folder") {
            try $0.remove("state")
            try $0.write("", to: "state")
        },
        Broken(testDescription: "a ledger that is none", status: 78, words: "ledger.sqlite") {
            try $0.write(String(repeating: "no ledger ", count: 1000), to: "state/ledger.sqlite")
        },
        Broken(testDescription: "a folder in place of a verdict", status: 74, words: "eye.jpg") {
            try $0.makeFolder("outbox/eye.jpg.json/in-the-way")
        },
    ]

    @Test(arguments: broken) func `a broken place ends with its status, and the image keeps its turn`(
        place: Broken
    ) throws {
        let site = try ScreeningSite()
        try place.damage(site)
        if site.exists("inbox/.") { try site.write(Eyes.first, to: "inbox/eye.jpg") }
        let outcome = try site.run("screen", "--once")
        #expect(outcome.status == place.status)
        #expect(outcome.errors.contains(place.words), "\(outcome.errors)")
        #expect(!site.exists("outbox/eye.jpg.json") || place.status == 74)
    }

    @Test func `an image that a fault held back has its verdict once the fault is gone`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try site.makeFolder("outbox/eye.jpg.json/in-the-way")
        #expect(try site.run("screen", "--once").status == 74)
        try site.remove("outbox/eye.jpg.json")
        #expect(try site.run("screen", "--once").status == 0)
        #expect(try site.publishedVerdict(of: "eye.jpg").probability != nil)
    }

    @Test func `an outbox and a state that are not there are made`() throws {
        let site = try ScreeningSite()
        try site.remove("outbox")
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        #expect(try site.run("screen", "--once").status == 0)
        #expect(site.exists("outbox/eye.jpg.json"))
    }
}
