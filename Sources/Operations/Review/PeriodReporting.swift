// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
package import FoundationEssentials
internal import FundusImage
internal import Ledger
internal import LinuxIO
internal import ModelStore
internal import Report
internal import Retraining
package import Settings
package import SystemPackage
internal import Verdict
internal import WrittenText

/// Puts what happened in the last days onto one page.
package struct PeriodReporting {
    private let settings: Settings
    private let days: Int

    /// - Parameter days: how many whole days, and today so far.
    package init(_ settings: Settings, days: Int) {
        self.settings = settings
        self.days = days
    }

    /// `7d`, `2w`: days or weeks. Nil for any other text, and for none or more than ten years.
    package static func days(in text: String) -> Int? {
        guard let unit = text.last, let number = Int(text.dropLast()), number > 0 else { return nil }
        let days = unit == "d" ? number : unit == "w" && number < 1000 ? 7 * number : 0
        return 1...3660 ~= days ? days : nil
    }

    /// Writes it.
    ///
    /// - Parameter output: nil for `reports/YYYY-MM-DD.html` in the state folder.
    /// - Returns: where it is.
    /// - Throws: a `Refusal`: 66 where nothing was ever screened.
    package func write(to output: FilePath?, now: Date = Date()) throws -> FilePath {
        guard let ledger = try settings.ledgerReader() else {
            throw Refusal(.noInput, "\(settings.ledgerPath): nothing was ever screened here")
        }
        let page = try report(ledger, now).page
        let path = output ?? settings.state.appending("reports").appending("\(now.timestamp.prefix(10)).html")
        do throws(SystemFailure) {
            if output == nil { try AtomicFile.makeFolder(path.removingLastComponent()) }
            try AtomicFile.write(Array(page.utf8), to: path, permissions: 0o640)
        } catch {
            throw Refusal(.cannotCreate, error.description)
        }
        return path
    }

    private func report(_ ledger: LedgerReader, _ now: Date) throws -> PeriodReport {
        let start = Self.midnight(before: now).addingTimeInterval(Double(-days) * 86_400)
        let period = try ledger.period(from: start, to: now)
        let store = ModelStore(root: settings.state)
        let model = try store.inServiceID ?? store.championID
        let performance = try ServicePerformance(ledger)
        let figures = performance.all.figures().figures
        return PeriodReport(
            from: String(start.timestamp.prefix(10)), to: String(now.timestamp.prefix(10)), model: model,
            days: Self.days(from: start, to: now, period), reasons: Self.reasons(period), latencies: period.latencies,
            drift: try drift(model, now), performance: figures.inOrder,
            performanceRemark: Self.remark(performance, figures),
            retraining: try LastRetraining.read(settings).map { "\($0.at): \($0.summary)" },
            waiting: try waiting(ledger, performance), softwareVersion: Verdict.Software.current.version)
    }

    private static func midnight(before now: Date) -> Date {
        Date(timeIntervalSince1970: (now.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400)
    }

    /// Each day, also one on which nothing came.
    private static func days(from start: Date, to now: Date, _ period: LedgerReader.Period) -> [PeriodReport.Day] {
        var counts: [String: [String: Int]] = [:]
        for count in period.days { counts[count.day, default: [:]][count.outcome] = count.count }
        return stride(from: start.timeIntervalSince1970, through: now.timeIntervalSince1970, by: 86_400).map { time in
            let day = String(Date(timeIntervalSince1970: time).timestamp.prefix(10))
            func count(_ outcome: Verdict.Outcome) -> Int { counts[day]?[outcome.rawValue] ?? 0 }
            return PeriodReport.Day(
                date: day, disease: count(.disease), normal: count(.normal), ungradable: count(.ungradable),
                rejected: count(.rejected))
        }
    }

    private static func reasons(_ period: LedgerReader.Period) -> [PeriodReport.Count] {
        period.reasons.map { reason in
            let finding = QualityFinding.Code(rawValue: reason.code).map(QualityFinding.init)
            return PeriodReport.Count(reason.code, reason.count, finding?.message ?? "")
        }
    }

    private func drift(_ model: String?, _ now: Date) throws -> [String] {
        guard let model, let drift = try settings.weeklyDrift(by: model, until: now) else { return [] }
        let week = DriftReport(drift)
        let ungradable = week.ungradableShare.map { ", \(($0 * 1000).rounded() / 10) % of them ungradable" } ?? ""
        let index = week.stabilityIndex.map {
            " The population stability index of the scores is \($0.rounded3); above \(PopulationStability.band) they are not those of the hold-out."
        }
        let few =
            week.images < PopulationStability.leastImages
            ? ["Fewer than \(PopulationStability.leastImages) pictures are too few to warn of anything."] : []
        let told = week.images == 1 ? "1 picture" : "\(week.images) pictures"
        return ["\(told) in the last 7 days\(ungradable).\(index ?? "")"] + few + week.warnings
    }

    private static func remark(
        _ performance: ServicePerformance, _ figures: [ServiceFigures.Name: ServiceFigures.Figure]
    ) -> String {
        if performance.drawn == 0 {
            return "Nobody was asked: `review: true` gives people a share of the pictures to look at."
        }
        let answered = performance.drawn - performance.waiting
        let told = "\(answered) of \(performance.drawn) pictures that people were given are answered."
        return figures.isEmpty ? "\(told) That is too few to say how often it is right here." : told
    }

    private func waiting(_ ledger: LedgerReader, _ performance: ServicePerformance) throws -> [PeriodReport.Count] {
        let counts = try ledger.counts()
        return [
            .init(
                "Given to people, without an answer", performance.waiting,
                "Open index.html in the review folder and move each picture into the folder of its class."),
            .init(
                "People disagree", performance.disagreements.count,
                "fundusd performance names them; one of the two takes the answer back."),
            .init(
                "Held back by a fault of the machine", counts.waiting,
                "journalctl -u fundusd -p warning says which, fundusd explain NAME why."),
            .init(
                "Set aside: they crashed the program", try ledger.setAside().count,
                "Look at them by other means; fundusd retry --list names them."),
        ]
    }
}

extension [ServiceFigures.Name: ServiceFigures.Figure] {
    /// As people name them, in the order of the field.
    fileprivate var inOrder: [PeriodReport.Figure] {
        let titles: [(ServiceFigures.Name, String)] = [
            (.sensitivity, "Sensitivity"), (.specificity, "Specificity"),
            (.positivePredictiveValue, "Positive predictive value"),
            (.negativePredictiveValue, "Negative predictive value"), (.prevalence, "Prevalence of disease"),
        ]
        return titles.compactMap { name, title in
            self[name].map {
                PeriodReport.Figure(title, value: $0.value, lower: $0.interval.lower, upper: $0.interval.upper)
            }
        }
    }
}
