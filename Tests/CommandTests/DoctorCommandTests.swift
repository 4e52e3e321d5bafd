// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import Testing

@Suite struct DoctorCommandTests {
    private func lines(_ site: ScreeningSite, _ subject: String) throws -> [String] {
        try site.run("doctor").lines.filter { $0.dropFirst(5).hasPrefix("  \(subject): ") }
    }

    @Test func `where all is well it says so, and changes nothing`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        let before = try site.snapshot(of: "inbox")
        let outcome = try site.run("doctor")
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(!outcome.output.contains("FAULT"))
        #expect(try lines(site, "model").first?.contains("is whole") == true)
        #expect(try lines(site, "computing").first?.contains("threads") == true)
        #expect(try lines(site, "outbox").first?.contains("can have every name") == true)
        #expect(try lines(site, "ledger") == ["ok     ledger: there is none yet: nothing was ever screened here"])
        #expect(try lines(site, "daemon").first?.hasPrefix("warn   daemon: none runs") == true)
        #expect(try site.snapshot(of: "inbox") == before && !site.exists("state/ledger.sqlite"))

        let daemon = try site.watch()
        _ = try site.verdict(of: "eye.jpg")
        #expect(try lines(site, "daemon") == ["ok     daemon: it runs (process \(daemon.processID))"])
        #expect(try lines(site, "ledger") == ["ok     ledger: it is whole, with 1 verdicts"])
        #expect(try daemon.stop() == 0)
    }

    enum Trouble: String, CaseIterable, CustomTestStringConvertible {
        case noInbox, noModel, damagedModel, damagedLedger, foreignLedger, unreachableSensitivity
        var testDescription: String { rawValue }

        var subject: String {
            switch self {
            case .noInbox: "inbox"
            case .noModel, .damagedModel, .unreachableSensitivity: "model"
            case .damagedLedger, .foreignLedger: "ledger"
            }
        }
    }

    @Test(arguments: Trouble.allCases) func `what keeps it from working is a fault with a remedy`(trouble: Trouble)
        throws
    {
        let site = try ScreeningSite(model: trouble == .noModel ? .none : .copied)
        let model = try site.status().model ?? ""
        switch trouble {
        case .noInbox: try site.remove("inbox")
        case .noModel: break
        case .damagedModel:
            var weights = try site.read("state/models/\(model)/model.safetensors")
            weights[weights.count / 2] ^= 1
            try site.write(weights, to: "state/models/\(model)/model.safetensors")
        case .damagedLedger:
            try site.write(Eyes.first, to: "inbox/eye.jpg")
            try site.run("screen", "--once")
            // SQLite's header of 100 bytes, and nothing after it that it could read; its log would put pages in their place.
            let header = try site.read("state/ledger.sqlite").prefix(100)
            try site.write(header + [UInt8](repeating: 0xAA, count: 40_860), to: "state/ledger.sqlite")
            for name in ["wal", "shm"] where site.exists("state/ledger.sqlite-\(name)") {
                try site.remove("state/ledger.sqlite-\(name)")
            }
        case .foreignLedger: try site.write(String(repeating: "no database ", count: 500), to: "state/ledger.sqlite")
        case .unreachableSensitivity: try site.configure("target-sensitivity: 0.999")
        }
        let outcome = try site.run("doctor")
        #expect(outcome.status == 78)
        let faults = outcome.lines.filter { $0.hasPrefix("FAULT") }
        #expect(faults.count == 1 && faults[0].hasPrefix("FAULT  \(trouble.subject): "), "\(outcome.output)")
        #expect(faults.allSatisfy { $0.contains(". ") })
    }

    @Test func `a network of watched folders is counted`() throws {
        let site = try ScreeningSite(configuration: "recursive: true")
        for number in 0..<7 { try site.makeFolder("inbox/ward-\(number)/left") }
        #expect(try lines(site, "inotify").first?.contains("the inbox has 15 folders") == true)
    }
}
