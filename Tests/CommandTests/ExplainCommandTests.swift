// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@Suite struct ExplainCommandTests {
    /// Below the working folder; all else is `ImageExplanation`'s.
    @Test func `an image's path may begin where the shell is`() throws {
        let site = try ScreeningSite(model: .none)
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        for spelling in ["eye.jpg", "inbox/eye.jpg", "./inbox/eye.jpg"] {
            let outcome = try site.run("explain", spelling)
            #expect(outcome.status == 0 && outcome.errors.isEmpty)
            #expect(outcome.output.hasPrefix("eye.jpg lies in the inbox and has no verdict"), "\(spelling)")
        }
        for name in ["nothing.jpg", "inbox", "../work/config.yaml"] {
            let outcome = try site.run("explain", name)
            #expect(outcome.status == 66 && outcome.output.isEmpty && !outcome.errors.isEmpty, "\(name)")
        }
    }
}
