// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Ledger
import LinuxIO
import Operations
import Settings
import SystemPackage
import Testing

@Suite struct SetAsideImagesTests {
    @Test func `what was set aside is named, and tried again under all its names`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/a.jpg")
        try site.setAside("a.jpg", "ab")
        try site.setAside("gone.jpg", "cd")
        let settings = try site.settings()
        #expect(try SetAsideImages.names(settings) == ["a.jpg", "gone.jpg"])
        #expect(
            try SetAsideImages.retry(site.path("inbox/a.jpg").string, settings)
                == ["a.jpg is tried again when the daemon starts."])
        #expect(try SetAsideImages.names(settings) == ["gone.jpg"])
        #expect(
            try SetAsideImages.retry(nil, settings)
                == ["gone.jpg is no longer in the inbox; it is judged when it comes again."])
        #expect(try SetAsideImages.names(settings) == [])
    }

    @Test(arguments: [("eye.jpg", "eye.jpg is not set aside"), (nil, "no image is set aside")])
    func `what is not set aside can't be tried again`(image: String?, sentence: String) throws {
        let site = try ScreeningSite()
        let settings = try site.settings()
        _ = try Ledger(at: settings.ledgerPath)
        let refusal = try #require(throws: Refusal.self) { try SetAsideImages.retry(image, settings) }
        #expect(refusal.status == .noInput && refusal.message.contains(sentence))
        #expect(try SetAsideImages.names(settings) == [])
    }

    @Test func `where nothing was ever screened there is nothing to try again`() throws {
        let site = try ScreeningSite(model: .none)
        let refusal = try #require(throws: Refusal.self) { try SetAsideImages.retry(nil, site.settings()) }
        #expect(refusal.status == .noInput && refusal.message.contains("nothing was ever screened here"))
    }
}
