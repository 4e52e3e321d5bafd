// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@Suite struct AuditCommandTests {
    private func screened() throws -> ScreeningSite {
        let site = try ScreeningSite()
        for (number, eye) in Eyes.all.enumerated() { try site.write(eye, to: "inbox/eye-\(number).jpg") }
        #expect(try site.run("screen", "--once").status == 0)
        return site
    }

    @Test func `verdicts as they were published pass, and the head is the one that is printed`() throws {
        let site = try screened()
        let head = try #require(try site.run("audit", "head").lines.first?.split(separator: " "))
        #expect(head.count == 2 && head[0] == "3" && head[1].count == 64)
        let verified = try site.run("audit", "verify", "--head", String(head[1]))
        #expect(verified.status == 0)
        #expect(verified.lines == ["3 verdicts are as they were published; the head is \(head[1])."])
        #expect(try site.run("audit", "verify", "--head", String(repeating: "1", count: 64)).status == 65)
        #expect(try site.run("audit", "verify", "--head", "abc").status == 64)
    }

    @Test func `each file that was touched is named`() throws {
        let site = try screened()
        try site.write("{}", to: "outbox/eye-0.jpg.json")
        try site.remove("outbox/eye-1.jpg.json")
        try site.write("{}", to: "outbox/mine.json")
        let found = try site.run("audit", "verify")
        #expect(found.status == 65 && found.lines.count == 3)
        for words in ["changed: eye-0.jpg.json", "missing: eye-1.jpg.json", "added: mine.json"] {
            #expect(found.lines.contains { $0.hasPrefix(words) }, "\(found.lines)")
        }
        #expect(try site.run("audit", "verify", "--allow-missing").lines.count == 2)
    }

    @Test func `where nothing was screened there is nothing to verify`() throws {
        let site = try ScreeningSite()
        #expect(try site.run("audit", "verify").status == 66)
        #expect(try site.run("audit", "head").lines == ["0 " + String(repeating: "0", count: 64)])
    }
}
