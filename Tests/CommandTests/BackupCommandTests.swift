// SPDX-License-Identifier: Apache-2.0
import Fixtures
import LinuxIO
import SystemPackage
import Testing

@Suite struct BackupCommandTests {
    private static let narrow = PackageRoot.path.pushing("Tests/ModelStoreTests/Golden/checkpoints/narrow.pth").string

    @Test func `a backup taken while images come is a state folder again`() throws {
        let site = try ScreeningSite(model: .copied)
        let first = try #require(try site.status().model)
        let second = try #require(
            try site.run("model", "import", "--positive-class", "normal", Self.narrow).lines.first)
        try site.run("model", "promote", second)
        let daemon = try site.watch()
        for number in 0..<30 { try site.write(Eyes.all[number % 3], to: "inbox/eye-\(number).jpg") }
        try site.waitForVerdicts(5)
        #expect(try site.run("backup", "copy").status == 0)
        try site.waitForVerdicts(30)
        #expect(try daemon.stop() == 0)
        #expect(try site.names(in: ".").filter { $0.hasPrefix(".copy") } == [])

        #expect(try site.names(in: "copy") == ["ledger.sqlite", "models"])
        #expect(try site.run("restore", "copy").status == 73, "a state that is in use is not overwritten")
        try AtomicFile.rename(site.path("state"), to: site.path("old"))
        #expect(try site.run("restore", "copy").status == 0)
        #expect(try site.run("model", "verify").lines.first?.hasPrefix(second) == true)
        #expect(try site.run("model", "rollback").lines == ["\(first) is the champion."])
        #expect(try site.run("doctor").status == 0)
        let kept = try site.status().verdicts.values.reduce(0, +)
        #expect(kept >= 5)

        // What came after the backup is judged once more; what it has is not.
        #expect(try site.run("screen", "--once").status == 0)
        #expect(try site.verdictNames().count == 30)
        #expect(try site.status().verdicts.values.reduce(0, +) == 30)
        #expect(try site.run("audit", "verify").status == 0)
    }
}
