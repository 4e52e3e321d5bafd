// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

/// A week, or any other time, on one page: what came, what became of it, and what waits for a person.
package struct PeriodReport: Sendable {
    package struct Day: Sendable, Equatable {
        /// `2026-11-28`
        package let date: String
        package let disease: Int
        package let normal: Int
        package let ungradable: Int
        package let rejected: Int

        package init(date: String, disease: Int, normal: Int, ungradable: Int, rejected: Int) {
            self.date = date
            self.disease = disease
            self.normal = normal
            self.ungradable = ungradable
            self.rejected = rejected
        }

        package var total: Int { disease + normal + ungradable + rejected }
    }

    /// A number with what it means, such as `Held back by a fault of the machine`.
    package struct Count: Sendable, Equatable {
        package let name: String
        package let count: Int
        /// What to do; empty where nothing is to be done.
        package let remedy: String

        package init(_ name: String, _ count: Int, _ remedy: String = "") {
            self.name = name
            self.count = count
            self.remedy = remedy
        }
    }

    /// A figure in service with its 95 % interval.
    package struct Figure: Sendable, Equatable {
        package let name: String
        package let value: Double
        package let lower: Double
        package let upper: Double

        package init(_ name: String, value: Double, lower: Double, upper: Double) {
            self.name = name
            self.value = value
            self.lower = lower
            self.upper = upper
        }
    }

    /// `2026-11-21`, and the day of the report.
    package let from: String
    package let to: String
    package let model: String?
    /// Every day of the time, in order.
    package let days: [Day]
    /// What kept pictures from being judged, with its code, the most frequent first.
    package let reasons: [Count]
    /// Seconds from arrival to verdict, the shortest first.
    package let latencies: [Double]
    /// Sentences, the warnings among them.
    package let drift: [String]
    package let performance: [Figure]
    /// What is not known of the program's worth here, in a sentence.
    package let performanceRemark: String
    /// How the last retraining ended; nil where none was.
    package let retraining: String?
    package let waiting: [Count]
    package let softwareVersion: String

    package init(
        from: String, to: String, model: String?, days: [Day], reasons: [Count], latencies: [Double], drift: [String],
        performance: [Figure], performanceRemark: String, retraining: String?, waiting: [Count], softwareVersion: String
    ) {
        self.from = from
        self.to = to
        self.model = model
        self.days = days
        self.reasons = reasons
        self.latencies = latencies
        self.drift = drift
        self.performance = performance
        self.performanceRemark = performanceRemark
        self.retraining = retraining
        self.waiting = waiting
        self.softwareVersion = softwareVersion
    }
}

extension PeriodReport {
    /// One file that needs nothing else, no script and no network.
    package var page: String {
        let title = "fundusd from \(from) to \(to)"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <title>\(HTMLText.escaped(title))</title>
            <style>
            \(ReportStyle.sheet)
            </style>
            </head>
            <body>
            <header>
            <h1>\(HTMLText.escaped(title))</h1>
            <p class="quiet">Model \(HTMLText.escaped(model ?? "none")), fundusd \(HTMLText.escaped(softwareVersion)); days are UTC.</p>
            <p class="notice">\(EvaluationReport.intendedUse)</p>
            <p class="lead">\(lead)</p>
            \(tiles)
            </header>
            <main>
            \(sections.joined(separator: "\n"))
            </main>
            <footer><p>\(EvaluationReport.intendedUse) Nothing on this page names a person; it leaves this machine only if somebody takes it along.</p></footer>
            </body>
            </html>

            """
    }

    private var total: Int { days.reduce(0) { $0 + $1.total } }
    private var ungradable: Int { days.reduce(0) { $0 + $1.ungradable } }
    private var rejected: Int { days.reduce(0) { $0 + $1.rejected } }

    private var lead: String {
        if total == 0 { return "No picture came." }
        let disease = days.reduce(0) { $0 + $1.disease }
        return """
            \(DisplayNumber.count(total, "picture")) came: \(disease) called disease, \(total - disease - ungradable - rejected) normal, \
            \(ungradable) ungradable, \(rejected) rejected.
            """
    }

    private var tiles: String {
        let judged = total - rejected
        let share = judged > 0 ? DisplayNumber.percent(Double(ungradable) / Double(judged)) : "–"
        let waits = waiting.reduce(0) { $0 + $1.count }
        let tiles = [
            ("Pictures", "\(total)", "\(days.count { $0.total > 0 }) of \(days.count) days"),
            ("Ungradable", share, "of those that are photographs"),
            (
                "Arrival to verdict, median", Self.seconds(percentile(0.5)),
                "99 of 100 within \(Self.seconds(percentile(0.99)))"
            ),
            ("Waits for a person", "\(waits)", waits == 0 ? "nothing to do" : "see below"),
        ]
        let items = tiles.map { name, value, range in
            "<li><span class=\"name\">\(name)</span><span class=\"value\">\(value)</span><span class=\"range\">\(range)</span></li>"
        }
        return "<ul class=\"tiles\">\(items.joined())</ul>"
    }

    /// Nil without verdicts. The smallest latency that such a share does not exceed.
    private func percentile(_ share: Double) -> Double? {
        guard !latencies.isEmpty else { return nil }
        return latencies[min(latencies.count - 1, Int((share * Double(latencies.count)).rounded(.up)) - 1)]
    }

    private static func seconds(_ seconds: Double?) -> String {
        guard let seconds else { return "–" }
        if seconds < 10 { return "\(DisplayNumber.fixed(seconds, 1))\u{A0}s" }
        if seconds < 600 { return "\(DisplayNumber.fixed(seconds, 0))\u{A0}s" }
        return "\(DisplayNumber.fixed(seconds / 60, 0))\u{A0}min"
    }

    private var sections: [String] {
        [waitingSection, performanceSection, daySection, reasonSection, driftSection, retrainingSection]
    }

    private func section(_ title: String, _ content: String) -> String {
        "<section>\n<h2>\(title)</h2>\n\(content)\n</section>"
    }

    private var waitingSection: String {
        let rows = waiting.filter { $0.count > 0 }.map { ReportTable.Row(cells: [$0.name, "\($0.count)", $0.remedy]) }
        if rows.isEmpty { return section("What waits for a person", "<p>Nothing.</p>") }
        let table = ReportTable(
            caption: "What waits, and what to do", columns: [.text("What"), .number("Pictures"), .text("What to do")],
            rows: rows)
        return section("What waits for a person", table.markup)
    }

    private var performanceSection: String {
        let remark = performanceRemark.isEmpty ? "" : "<p>\(HTMLText.escaped(performanceRemark))</p>"
        guard !performance.isEmpty else { return section("How often it is right here", remark) }
        let table = ReportTable(
            caption: "From pictures that people looked at, weighted by how probable it was that they were drawn",
            columns: [.text("Figure"), .number("Value"), .number("95 % interval")],
            rows: performance.map {
                ReportTable.Row(cells: [
                    $0.name, DisplayNumber.percent($0.value),
                    DisplayNumber.percentInterval(Interval(lower: $0.lower, upper: $0.upper)),
                ])
            })
        return section("How often it is right here", table.markup + remark)
    }

    private var daySection: String {
        let table = ReportTable(
            caption: "Verdicts by day",
            columns: [
                .text("Day"), .number("Pictures"), .number("Disease"), .number("Normal"), .number("Ungradable"),
                .number("Rejected"),
            ],
            rows: days.map {
                ReportTable.Row(
                    cells: [$0.date] + [$0.total, $0.disease, $0.normal, $0.ungradable, $0.rejected].map(String.init))
            })
        return section("What came", table.markup)
    }

    private var reasonSection: String {
        guard !reasons.isEmpty else { return section("Why pictures were not judged", "<p>All were.</p>") }
        let table = ReportTable(
            caption: "A picture may have several reasons",
            columns: [.text("Reason"), .number("Pictures"), .text("What to do")],
            rows: reasons.map { ReportTable.Row(cells: [$0.name, "\($0.count)", $0.remedy]) })
        return section("Why pictures were not judged", table.markup)
    }

    private var driftSection: String {
        let lines = drift.isEmpty ? ["Nothing to compare with yet."] : drift
        return section(
            "Whether they look like those that the model was measured on",
            lines.map { "<p>\(HTMLText.escaped($0))</p>" }.joined(separator: "\n"))
    }

    private var retrainingSection: String {
        section("Retraining", "<p>\(HTMLText.escaped(retraining ?? "None was made yet."))</p>")
    }
}
