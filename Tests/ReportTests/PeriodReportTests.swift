// SPDX-License-Identifier: Apache-2.0
import Report
import Testing

@Suite struct PeriodReportTests {
    private static func report(
        days: [PeriodReport.Day] = [], reasons: [PeriodReport.Count] = [], latencies: [Double] = [],
        performance: [PeriodReport.Figure] = [], waiting: [PeriodReport.Count] = [], model: String? = "20260101-abcdef"
    ) -> PeriodReport {
        PeriodReport(
            from: "2026-11-21", to: "2026-11-28", model: model, days: days, reasons: reasons, latencies: latencies,
            drift: [], performance: performance, performanceRemark: "", retraining: nil, waiting: waiting,
            softwareVersion: "0.1.0")
    }

    @Test func `a week without a picture has a page too`() {
        let page = Self.report().page
        #expect(MarkupCheck(page).faults == [])
        #expect(page.contains("No picture came.") && page.contains("None was made yet."))
    }

    @Test func `the page is whole, needs nothing from elsewhere, and runs nothing`() {
        let page = Self.report(
            days: [.init(date: "2026-11-27", disease: 2, normal: 5, ungradable: 1, rejected: 1)],
            reasons: [.init("too-dark", 1, "Take it again.")], latencies: [0.1, 0.2, 40],
            performance: [.init("Sensitivity", value: 0.9, lower: 0.8, upper: 0.95)],
            waiting: [.init("Set aside", 1, "Look at it.")]
        ).page
        let check = MarkupCheck(page)
        #expect(check.faults == [] && check.tagCounts["script"] == nil)
        for words in [
            "9 pictures came: 2 called disease, 5 normal, 1 ungradable, 1 rejected.", "12.5\u{A0}%", "too-dark",
        ] {
            #expect(page.contains(words), "\(words)")
        }
        #expect(page.contains("90.0\u{A0}%") && page.contains("80.0 to 95.0\u{A0}%"))
    }

    /// The smallest that such a share does not exceed.
    @Test(arguments: [([0.5], "0.5\u{A0}s", "0.5\u{A0}s"), ([1, 2, 3, 4], "2.0\u{A0}s", "4.0\u{A0}s"), ([], "–", "–")])
    func `latencies are told by their middle and by what few exceed`(seconds: [Double], middle: String, most: String) {
        let page = Self.report(latencies: seconds).page
        #expect(
            page.contains("<span class=\"value\">\(middle)</span><span class=\"range\">99 of 100 within \(most)</span>")
        )
    }

    @Test func `what waits says what to do, and what does not wait is left out`() {
        let page = Self.report(waiting: [.init("A", 0, "nothing"), .init("B", 3, "Do this.")]).page
        #expect(page.contains("Do this.") && !page.contains(">A<"))
    }

    @Test func `names from strangers are text and nothing else`() {
        let page = Self.report(reasons: [.init("<script>", 1)], model: "<b>").page
        let check = MarkupCheck(page)
        #expect(check.faults == [] && check.tagCounts["script"] == nil && check.tagCounts["b"] == nil)
    }
}
