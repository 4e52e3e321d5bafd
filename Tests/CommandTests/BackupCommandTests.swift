// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
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

    @Test func `a backup that can't be whole is none`() throws {
        let site = try ScreeningSite(model: .copied)
        let model = try #require(try site.status().model)
        try site.makeFolder("there")
        #expect(try site.run("backup", "there").status == 73)
        #expect(try site.run("backup", "no/such/place").status == 0, "folders above it are made")
        try site.write("damaged", to: "state/models/\(model)/model.safetensors")
        #expect(try site.run("backup", "copy").status == 65)
        #expect(try !site.exists("copy") && site.names(in: ".").filter { $0.hasPrefix(".copy") } == [])
        #expect(try site.run("restore", "there").status == 66)
        try site.write("a file", to: "file")
        let outcome = try site.run("backup", "file")
        #expect(outcome.status == 73 && outcome.errors.contains("file is there already"), "\(outcome.errors)")
    }

    /// A link to itself can't be looked through, and is not “nothing there”.
    @Test func `what can't be looked at is not taken for missing`() throws {
        let site = try ScreeningSite(model: .copied)
        #expect(symlink("ledger.sqlite", site.path("state/ledger.sqlite").string) == 0)
        let outcome = try site.run("backup", "copy")
        #expect(
            outcome.status == 74 && outcome.errors.contains("state/ledger.sqlite: stat failed"), "\(outcome.errors)")
        #expect(!site.exists("copy"))
        try site.remove("state/ledger.sqlite")
        #expect(try site.run("backup", "copy").status == 0)
        for name in ["ledger.sqlite", "models"] {
            try site.remove("state")
            try site.makeFolder("state")
            #expect(symlink(name, site.path("state/\(name)").string) == 0)
            let restored = try site.run("restore", "copy")
            #expect(restored.status == 74 && restored.errors.contains("state/\(name): "), "\(restored.errors)")
            #expect(try site.names(in: "state").filter { $0 != "lock" } == [name])
        }
    }
}
