// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

/// `fundusd status`, with a daemon and without.
@Suite struct StatusCommandTests {
    @Test func `it prints text for a person and JSON for a script`() throws {
        let site = try ScreeningSite(model: .none)
        let status = try site.status()
        #expect(status.processID == nil && status.model == nil && status.lastVerdict == nil && status.total == 0)
        let text = try site.run("status")
        #expect(text.status == 0 && text.errors.isEmpty)
        #expect(text.output.contains("does not run") && text.output.contains("fundusd help model import"))
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
}
