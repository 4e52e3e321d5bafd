// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

/// `fundusd status`, with a daemon and without.
@Suite struct StatusCommandTests {
    @Test func `where nothing ever ran it shows zeros and how to get a model`() throws {
        let site = try ScreeningSite(model: .none)
        let before = try site.snapshot()
        let status = try site.status()
        #expect(status.processID == nil && status.model == nil && status.lastVerdict == nil)
        #expect(status.total == 0 && status.queue == 0 && status.heldBack == 0 && status.leftAlone == 0)
        #expect(status.verdicts.keys.sorted() == ["disease", "normal", "rejected", "ungradable"])
        let text = try site.run("status")
        #expect(text.status == 0)
        #expect(text.output.contains("does not run") && text.output.contains("fundusd help model import"))
        #expect(try site.snapshot() == before)
    }

    @Test func `counts are those of the inbox and the ledger`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try site.write(Eyes.tooDark, to: "inbox/dark.jpg")
        try site.write(SyntheticPictures.text(), to: "inbox/text.jpg")
        try site.write("notes", to: "inbox/notes.txt")
        try site.write("part", to: "inbox/a.jpg.part")
        let before = try site.status()
        #expect(before.queue == 4 && before.skipped == 1 && before.total == 0)

        #expect(try site.run("screen", "--once").status == 0)
        try site.write(Eyes.second, to: "inbox/new.jpg")
        let after = try site.status()
        #expect(after.total == 3)
        #expect(after.verdicts["rejected"] == 1 && after.verdicts["ungradable"] == 1)
        #expect(after.queue == 1 && after.leftAlone == 1 && after.skipped == 1)
        #expect(after.processID == nil && after.model != nil)
        #expect(["eye.jpg", "dark.jpg", "text.jpg"].contains(after.lastVerdict?.name))
    }

    @Test func `beside a running daemon it names the process and the last verdict`() throws {
        let site = try ScreeningSite()
        let daemon = try site.watch()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        let verdict = try site.verdict(of: "eye.jpg")
        try daemon.waitForLine("eye.jpg: ")
        let status = try site.status()
        #expect(status.processID == daemon.processID)
        #expect(status.total == 1)
        #expect(status.lastVerdict?.name == "eye.jpg" && status.lastVerdict?.outcome == verdict.outcome)
        #expect(try site.run("status").output.contains("runs (process \(daemon.processID))"))
        #expect(try daemon.stop() == 0)
    }

    @Test func `an inbox that is not there is told, and the rest is shown`() throws {
        let site = try ScreeningSite()
        try site.remove("inbox")
        let status = try site.status()
        #expect(status.inboxFault?.contains("inbox") == true)
        #expect(status.model != nil)
    }
}
