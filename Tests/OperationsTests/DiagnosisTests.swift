// SPDX-License-Identifier: Apache-2.0
import Fixtures
import ModelStore
import Operations
import Settings
import Testing

@Suite struct DiagnosisTests {
    private func findings(_ site: ScreeningSite, _ subject: String) throws -> [Diagnosis.Finding] {
        Diagnosis(try site.settings()).findings.filter { $0.subject == subject }
    }

    @Test func `where all is well it says so, and changes nothing`() async throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        let before = try site.snapshot(of: "inbox")
        #expect(!Diagnosis(try site.settings()).hasFaults)
        #expect(try findings(site, "model").first?.sentence.contains("is whole") == true)
        #expect(try findings(site, "outbox").first?.sentence.contains("can have every name") == true)
        let none = try #require(try findings(site, "ledger").first)
        #expect(none.level == .good && none.sentence == "there is none yet: nothing was ever screened here")
        let daemon = try #require(try findings(site, "daemon").first)
        #expect(daemon.level == .warning && daemon.sentence.hasPrefix("none runs"))
        #expect(try site.snapshot(of: "inbox") == before && !site.exists("state/ledger.sqlite"))

        try await site.screen()
        #expect(try findings(site, "ledger").map(\.sentence) == ["it is whole, with 1 verdicts"])
        try site.setAside("poison.jpg", "ab")
        let images = try #require(try findings(site, "images").first)
        #expect(images.level == .warning && images.sentence.hasPrefix("1 are set aside without a verdict"))
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

    @Test(arguments: Trouble.allCases)
    func `what keeps it from working is a fault with a remedy`(trouble: Trouble) async throws {
        let site = try ScreeningSite(model: trouble == .noModel ? .none : .copied)
        switch trouble {
        case .noInbox: try site.remove("inbox")
        case .noModel: break
        case .damagedModel: try damageModel(site)
        case .damagedLedger: try await damageLedger(site)
        case .foreignLedger: try site.write(String(repeating: "no database ", count: 500), to: "state/ledger.sqlite")
        case .unreachableSensitivity: try site.configure("target-sensitivity: 0.999")
        }
        let diagnosis = Diagnosis(try site.settings())
        let faults = diagnosis.findings.filter { $0.level == .fault }
        #expect(diagnosis.hasFaults && faults.map(\.subject) == [trouble.subject], "\(diagnosis.findings)")
        #expect(faults.allSatisfy { !$0.remedy.isEmpty })
    }

    private func damageModel(_ site: ScreeningSite) throws {
        let model = try #require(try ModelStore(root: try site.settings().state).championID)
        var weights = try site.read("state/models/\(model)/model.safetensors")
        weights[weights.count / 2] ^= 1
        try site.write(weights, to: "state/models/\(model)/model.safetensors")
    }

    private func damageLedger(_ site: ScreeningSite) async throws {
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try await site.screen()
        // SQLite's header of 100 bytes, and nothing after it that it could read; its log would put pages in their place.
        let header = try site.read("state/ledger.sqlite").prefix(100)
        try site.write(header + [UInt8](repeating: 0xAA, count: 40_860), to: "state/ledger.sqlite")
        for name in ["wal", "shm"] where site.exists("state/ledger.sqlite-\(name)") {
            try site.remove("state/ledger.sqlite-\(name)")
        }
    }

    @Test func `a network of watched folders is counted`() throws {
        let site = try ScreeningSite(configuration: "recursive: true")
        for number in 0..<7 { try site.makeFolder("inbox/ward-\(number)/left") }
        #expect(try findings(site, "inotify").first?.sentence.contains("the inbox has 15 folders") == true)
    }
}
