// SPDX-License-Identifier: Apache-2.0
import Fixtures
import LinuxIO
import ModelStore
import Operations
import Review
import Settings
import SystemPackage
import Testing

/// Backups of a state folder, and states made of them.
@Suite struct StateCopyTests {
    private let site: ScreeningSite
    private let settings: Settings

    init() throws {
        site = try ScreeningSite(model: .copied)
        settings = try site.settings()
    }

    private func refusal(backingUpTo name: String) throws -> Refusal {
        try #require(throws: Refusal.self) { try StateCopy.backUp(settings, to: site.path(name)) }
    }

    private func refusal(restoring name: String) throws -> Refusal {
        try #require(throws: Refusal.self) { try StateCopy.restore(site.path(name), to: settings) }
    }

    @Test func `what was copied is a state folder again, which no other overwrites`() async throws {
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try await site.screen()
        let champion = try #require(try ModelStore(root: settings.state).championID)
        let summary = try StateCopy.backUp(settings, to: site.path("copy")).summary
        #expect(summary.hasPrefix("1 verdicts") && summary.hasSuffix("and 1 models, of which \(champion) judges"))
        let refused = try refusal(restoring: "copy")
        #expect(refused.status == .cannotCreate && refused.message.contains("nothing is overwritten"))
        try site.move("state", to: "old")
        #expect(try StateCopy.restore(site.path("copy"), to: settings).summary == summary)
        #expect(try AuditVerification(settings, head: nil, allowMissing: false).findings == [])
    }

    /// A picture that came after the backup is screened again, and must be drawn as it was.
    @Test func `a restored site draws the same`() throws {
        let secret = try SiteSecret(in: settings.state)
        _ = try StateCopy.backUp(settings, to: site.path("copy"))
        #expect(try FileStatus.at(site.path("copy/review.secret"))?.permissions == 0o600)
        try site.move("state", to: "old")
        // As a start with `review: true` and without a model leaves it.
        try site.makeFolder("state")
        #expect(try SiteSecret(in: settings.state) != secret)
        _ = try StateCopy.restore(site.path("copy"), to: settings)
        #expect(try SiteSecret(in: settings.state) == secret)
        try site.write("short", to: "state/review.secret")
        #expect(try refusal(backingUpTo: "another").message.contains("review.secret"))
        #expect(!site.exists("another"))
    }

    @Test func `a site that draws nothing has a backup without a secret`() throws {
        _ = try StateCopy.backUp(settings, to: site.path("copy"))
        #expect(!site.exists("copy/review.secret"))
    }

    @Test func `a backup that can't be whole is none`() throws {
        let model = try #require(try ModelStore(root: settings.state).championID)
        try site.makeFolder("there")
        #expect(try refusal(backingUpTo: "there").status == .cannotCreate)
        _ = try StateCopy.backUp(settings, to: site.path("no/such/place"))
        try site.write("damaged", to: "state/models/\(model)/model.safetensors")
        #expect(try refusal(backingUpTo: "copy").status == .dataError)
        #expect(try !site.exists("copy") && site.names(in: ".").filter { $0.hasPrefix(".copy") } == [])
        #expect(try refusal(restoring: "there").status == .noInput)
        try site.write("a file", to: "file")
        let refused = try refusal(backingUpTo: "file")
        #expect(refused.status == .cannotCreate && refused.message.contains("file is there already"))
    }

    /// A link to itself can't be looked through, and is not “nothing there”.
    @Test func `what can't be looked at is not taken for missing`() throws {
        try site.link("state/ledger.sqlite", to: "ledger.sqlite")
        let refused = try refusal(backingUpTo: "copy")
        #expect(refused.status == .inputOutput && refused.message.contains("state/ledger.sqlite: stat failed"))
        #expect(!site.exists("copy"))
        try site.remove("state/ledger.sqlite")
        _ = try StateCopy.backUp(settings, to: site.path("copy"))
        for name in ["ledger.sqlite", "models"] {
            try site.remove("state")
            try site.makeFolder("state")
            try site.link("state/\(name)", to: name)
            let refused = try refusal(restoring: "copy")
            #expect(refused.status == .inputOutput && refused.message.contains("state/\(name): "), "\(refused)")
            #expect(try site.names(in: "state").filter { $0 != "lock" } == [name])
        }
    }
}
