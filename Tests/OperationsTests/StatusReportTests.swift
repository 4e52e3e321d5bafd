// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import Foundation
import ModelStore
import Settings
import Testing
import Verdict

@testable import Operations

@Suite struct StatusReportTests {
    @Test func `where nothing ever ran it shows zeros and how to get a model`() throws {
        let site = try ScreeningSite(model: .none)
        let before = try site.snapshot()
        let status = try StatusReport(try site.settings())
        #expect(status.processID == nil && status.model == nil && status.lastVerdict == nil)
        #expect(status.queue == 0 && status.heldBack == 0 && status.leftAlone == 0)
        #expect(status.verdicts == ["disease": 0, "normal": 0, "rejected": 0, "ungradable": 0])
        #expect(status.text.contains("does not run") && status.text.contains("fundusd help model import"))
        #expect(try site.snapshot() == before)
    }

    @Test func `counts are those of the inbox and the ledger`() async throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try site.write(Eyes.tooDark, to: "inbox/dark.jpg")
        try site.write(SyntheticPictures.text(), to: "inbox/text.jpg")
        try site.write("notes", to: "inbox/notes.txt")
        try site.write("part", to: "inbox/a.jpg.part")
        let before = try StatusReport(try site.settings())
        #expect(before.queue == 4 && before.skipped == 1 && before.verdicts.values.allSatisfy { $0 == 0 })

        try await site.screen()
        try site.write(Eyes.second, to: "inbox/new.jpg")
        try site.setAside("poison.jpg", "ab")
        let after = try StatusReport(try site.settings())
        #expect(after.verdicts == ["disease": 0, "normal": 1, "rejected": 1, "ungradable": 1])
        #expect(after.queue == 1 && after.leftAlone == 1 && after.skipped == 1 && after.setAside == 1)
        #expect(after.processID == nil && after.model != nil)
        #expect(["eye.jpg", "dark.jpg", "text.jpg"].contains(after.lastVerdict?.name))
        #expect(after.text.contains("3: 1 normal") || after.text.contains("1 normal"), "\(after.text)")
        #expect(after.text.contains("1 that crashed the program"))
    }

    @Test func `an inbox that is not there is told, and the rest is shown`() throws {
        let site = try ScreeningSite()
        try site.remove("inbox")
        let status = try StatusReport(try site.settings())
        #expect(status.inboxFault?.contains("inbox") == true)
        #expect(status.model != nil)
    }

    @Test func `a week of ungradable pictures is told`() async throws {
        let site = try ScreeningSite()
        for number in 0..<100 { try site.write(Eyes.tooDark, to: "inbox/dark-\(number).jpg") }
        try await site.screen()
        let status = try StatusReport(try site.settings())
        #expect(status.drift?.images == 100 && status.drift?.ungradableShare == 1)
        #expect(status.text.contains("100 of 100 pictures are ungradable"))
    }

    @Test func `scores that are not the hold-out's are told`() async throws {
        let site = try ScreeningSite(model: .copied)
        let settings = try site.settings()
        let model = try #require(try ModelStore(root: settings.state).championID)
        // A hold-out on which the model was always sure of disease.
        try site.write(#"{"edges":[0.999999],"counts":[1,500]}"#, to: "state/models/\(model)/scores.json")
        for number in 0..<100 { try site.write(Eyes.first, to: "inbox/eye-\(number).jpg") }
        var constant = ConstantModel(probability: 0.25)
        constant.identity = ModelIdentity(id: model, sha256: constant.identity.sha256, trainedAt: nil)
        try await site.screen(
            by: Judge(model: constant, operatingPoint: OperatingPoint(value: 0.5, source: .model)))
        #expect(try StatusReport(settings).text.contains("population stability index"))
        let findings = try #require(try settings.weeklyDrift(by: model, until: Date())).findings
        #expect(findings[.scores]?.contains("The scores of 100 images differ from the hold-out's") == true)
    }
}
