// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Ledger
import LinuxIO
import Operations
import Settings
import SystemPackage
import Testing

@testable import Verdict

/// From the ledger to the page of the last days.
@Suite struct PeriodReportingTests {
    private let site: ScreeningSite
    private let settings: Settings
    /// 2026-11-28T12:00:00Z, a Saturday.
    private static let now = Date(timeIntervalSince1970: 1_795_867_200)

    init() throws {
        site = try ScreeningSite()
        settings = try site.settings()
    }

    private func publish(_ outcome: Verdict.Outcome, daysAgo days: Double, after seconds: Double = 2) throws {
        let ledger = try Ledger(at: settings.ledgerPath)
        let id = "\(outcome.rawValue)-\(days)-\(seconds)"
        let content = ImageContent(sha256: id, byteCount: 1, bytes: nil)
        let name = ImageName(FilePath("\(id).jpg"))
        let published = Self.now.addingTimeInterval(-days * 86_400)
        let seen = published.addingTimeInterval(-seconds)
        let reasons =
            outcome == .ungradable
            ? [Verdict.Reason(code: "too-dark", message: ""), .init(code: "blurred", message: "")] : []
        let verdict = Verdict(
            of: content, named: name,
            Judgement(
                outcome: outcome, probability: outcome == .disease || outcome == .normal ? 0.25 : nil, reasons: reasons),
            by: .constant(), receivedAt: seen, startedAt: seen, completedAt: published)
        let publication = Publication(sha256: id, document: try verdict.document())
        _ = try ledger.claim(name, content, receivedAt: seen, now: seen)
        try ledger.recordJudgement(name, verdict, publication, now: published)
        try ledger.recordPublication(name, publication, asking: nil, of: nil, now: published)
    }

    private func page(_ days: Int) throws -> String {
        _ = try PeriodReporting(settings, days: days).write(to: site.path("week.html"), now: Self.now)
        return try site.text("week.html")
    }

    @Test(
        arguments: [
            ("7d", 7), ("2w", 14), ("1d", 1), ("3660d", 3660), ("0d", nil), ("7", nil), ("d", nil), ("-1d", nil),
            ("3661d", nil),
            ("7m", nil), ("", nil), ("99999999999999999999w", nil),
        ] as [(String, Int?)]) func `a time is days or weeks`(text: String, days: Int?)
    {
        #expect(PeriodReporting.days(in: text) == days)
    }

    @Test func `days count whole, and today so far`() throws {
        try publish(.disease, daysAgo: 0.1)
        try publish(.normal, daysAgo: 2.4)
        // The first moment of the first day, and one a second before it.
        try publish(.normal, daysAgo: 2.5)
        try publish(.disease, daysAgo: 2.5 + 1.0 / 86_400)
        let page = try page(2)
        #expect(page.contains("3 pictures came: 1 called disease, 2 normal, 0 ungradable, 0 rejected."))
        for (day, counts) in [("2026-11-26", [2, 0, 2]), ("2026-11-27", [0, 0, 0]), ("2026-11-28", [1, 1, 0])] {
            let cells = counts.map { "<td class=\"number\">\($0)</td>" }.joined()
            #expect(page.contains("<th scope=\"row\">\(day)</th>\(cells)"), "\(day)")
        }
        #expect(!page.contains("2026-11-25") && page.contains("2 of 3 days"))
    }

    @Test func `latencies and reasons are those of the time`() throws {
        for seconds in [1.0, 3, 50] { try publish(.normal, daysAgo: 1, after: seconds) }
        try publish(.ungradable, daysAgo: 1, after: 3)
        try publish(.normal, daysAgo: 30, after: 900)
        try publish(.rejected, daysAgo: 30)
        let page = try page(7)
        #expect(
            page.contains("<span class=\"value\">3.0\u{A0}s</span><span class=\"range\">99 of 100 within 50\u{A0}s"))
        for code in ["too-dark", "blurred"] {
            #expect(page.contains("<th scope=\"row\">\(code)</th><td class=\"number\">1</td>"), "\(code)")
        }
        #expect(page.contains("25.0\u{A0}%"), "one of four is ungradable")
    }

    @Test func `what waits for a person is counted`() throws {
        try publish(.normal, daysAgo: 1)
        try site.setAside("poison.jpg", "ab")
        #expect(try page(7).contains("Set aside: they crashed the program</th><td class=\"number\">1</td>"))
    }

    @Test func `it lies in the state's folder of reports, readable by the group`() throws {
        try publish(.normal, daysAgo: 1)
        let path = try PeriodReporting(settings, days: 7).write(to: nil, now: Self.now)
        #expect(path == site.path("state/reports/2026-11-28.html"))
        #expect(try FileStatus.at(path)?.permissions == 0o640)
    }

    @Test func `where nothing was ever screened there is nothing to tell`() throws {
        let refusal = try #require(throws: Refusal.self) { try PeriodReporting(settings, days: 7).write(to: nil) }
        #expect(refusal.status == .noInput && refusal.message.contains("nothing was ever screened"))
        #expect(!site.exists("state/reports"))
    }
}
