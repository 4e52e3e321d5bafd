// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@Suite struct DoctorCommandTests {
    private func lines(_ site: ScreeningSite, _ subject: String) throws -> [String] {
        try site.run("doctor").lines.filter { $0.dropFirst(5).hasPrefix("  \(subject): ") }
    }

    @Test func `beside a running daemon it names the process`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        let daemon = try site.watch()
        _ = try site.verdict(of: "eye.jpg")
        #expect(try lines(site, "daemon") == ["ok     daemon: it runs (process \(daemon.processID))"])
        #expect(try lines(site, "ledger") == ["ok     ledger: it is whole, with 1 verdicts"])
        #expect(try daemon.stop() == 0)
    }

    @Test func `its exit status says whether there is a fault, and each has its line with a remedy`() throws {
        let well = try ScreeningSite().run("doctor")
        #expect(well.status == 0 && !well.output.contains("FAULT"), "\(well.output)")
        let outcome = try ScreeningSite(model: .none).run("doctor")
        #expect(outcome.status == 78 && outcome.errors.contains("see FAULT above"))
        let faults = outcome.lines.filter { $0.hasPrefix("FAULT") }
        #expect(faults.count == 1 && faults[0].hasPrefix("FAULT  model: ") && faults[0].contains(". import one"))
    }
}
