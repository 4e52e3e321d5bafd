// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Ledger
import LinuxIO
import Operations
import Testing

@Suite struct AuditVerificationTests {
    private func screened() async throws -> ScreeningSite {
        let site = try ScreeningSite()
        for (number, eye) in Eyes.all.enumerated() { try site.write(eye, to: "inbox/eye-\(number).jpg") }
        try await site.screen()
        return site
    }

    @Test func `verdicts as they were published pass, and the head is a link of the chain`() async throws {
        let site = try await screened()
        let settings = try site.settings()
        let chain = try #require(try settings.chainedLedger()?.auditHead())
        #expect(chain.length == 3 && chain.head.count == 64)
        for head in [nil, chain.head, chain.head.uppercased()] {
            let audit = try AuditVerification(settings, head: head, allowMissing: false)
            #expect(audit.findings == [] && audit.chain == chain)
        }
        let other = try AuditVerification(settings, head: String(repeating: "1", count: 64), allowMissing: false)
        #expect(other.findings.count == 1 && other.findings[0].contains("is no link of the chain"))
    }

    @Test func `each file that was touched is named`() async throws {
        let site = try await screened()
        try site.write("{}", to: "outbox/eye-0.jpg.json")
        try site.remove("outbox/eye-1.jpg.json")
        try site.write("{}", to: "outbox/mine.json")
        let found = try AuditVerification(try site.settings(), head: nil, allowMissing: false).findings
        #expect(found.count == 3)
        for words in ["changed: eye-0.jpg.json", "missing: eye-1.jpg.json", "added: mine.json"] {
            #expect(found.contains { $0.hasPrefix(words) }, "\(found)")
        }
        let allowed = try AuditVerification(try site.settings(), head: nil, allowMissing: true).findings
        #expect(allowed == found.filter { !$0.hasPrefix("missing") })
    }

    @Test func `where nothing was screened there is nothing to verify`() throws {
        let site = try ScreeningSite()
        let settings = try site.settings()
        let refusal = try #require(throws: Refusal.self) {
            try AuditVerification(settings, head: nil, allowMissing: false)
        }
        #expect(refusal.status == .noInput && refusal.message.contains("nothing was ever screened here"))
        #expect(try settings.chainedLedger()?.auditHead() == nil)
    }
}
