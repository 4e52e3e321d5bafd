// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@Suite struct AuditCommandTests {
    @Test func `its exit status says whether verdicts are as they were published`() throws {
        let site = try ScreeningSite()
        #expect(try site.run("audit", "verify").status == 66)
        #expect(try site.run("audit", "head").lines == ["0 " + String(repeating: "0", count: 64)])
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        #expect(try site.run("screen", "--once").status == 0)
        let head = try #require(try site.run("audit", "head").lines.first?.split(separator: " "))
        #expect(head.count == 2 && head[0] == "1")
        let verified = try site.run("audit", "verify", "--head", String(head[1]))
        #expect(verified.status == 0)
        #expect(verified.lines == ["1 verdicts are as they were published; the head is \(head[1])."])
        #expect(try site.run("audit", "verify", "--head", "abc").status == 64)
        try site.remove("outbox/eye.jpg.json")
        let missing = try site.run("audit", "verify")
        #expect(missing.status == 65 && missing.lines == ["missing: eye.jpg.json was published and is not there"])
        #expect(missing.errors.contains("1 findings in 1 verdicts"))
        #expect(try site.run("audit", "verify", "--allow-missing").status == 0)
    }
}
