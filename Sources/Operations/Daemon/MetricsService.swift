// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import FoundationEssentials
internal import Intake
internal import Ledger
internal import LinuxIO
internal import Logging
internal import ModelStore
internal import Retraining
internal import Screening
internal import Supervision
internal import SystemPackage
internal import Verdict

/// Keeps `metrics-file` up to date for node_exporter's textfile collector.
struct MetricsService: Service {
    let path: FilePath
    let session: ScreeningSession
    let logger: Logger

    private static let interval = Duration.seconds(15)
    /// The week's figures move slowly.
    private static let driftInterval = 20

    func run(until stop: StopNotice) async throws {
        await stop.canceling {
            var round = Round()
            while !Task.isCancelled {
                round = await onOwnThread(named: "metrics") { [round] in write(after: round) }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// What one writing leaves for the next.
    private struct Round {
        var number = 0
        var drift: Drift?
        var performance: ServicePerformance?
        /// Told once, and when they change; nothing else suffers from them.
        var faults: [String] = []
    }

    private func write(after last: Round) -> Round {
        var round = Round(number: last.number + 1, drift: last.drift, performance: last.performance)
        func attempt(_ what: String, _ body: () throws -> Void) {
            do {
                try body()
            } catch {
                round.faults.append("\(what): \(error)")
            }
        }
        if last.number % Self.driftInterval == 0 {
            attempt("The week's figures can't be read") {
                round.drift = try session.settings.weeklyDrift(by: session.modelInService.id, until: Date())
            }
        }
        if last.number % Self.driftInterval == 0 {
            attempt("What people answered can't be read") {
                round.performance = try session.settings.servicePerformance()
            }
        }
        var setAside: Int?
        attempt("What is set aside can't be counted") {
            setAside = try session.settings.ledgerReader()?.setAside().count
        }
        attempt("The metrics can't be written") {
            var text = MetricsText(session, round.drift, setAside: setAside, now: Date())
            if let performance = round.performance { text.add(performance, of: session.modelInService.id) }
            try AtomicFile.writeForAll(Array(text.text.utf8), to: path)
        }
        for fault in round.faults where !last.faults.contains(fault) { logger.warning("\(fault)") }
        return round
    }
}

extension MetricsText {
    fileprivate init(_ session: ScreeningSession, _ drift: Drift?, setAside: Int?, now: Date) {
        self.init()
        let (counters, modelInService) = (session.counters, session.modelInService)
        add(
            "fundusd_build_info", .gauge, "The program that runs.",
            [Sample(1, (name: "version", value: Verdict.Software.current.version))])
        add(
            "fundusd_model_info", .gauge, "The model that judges.",
            [Sample(1, (name: "model", value: modelInService.id))])
        add(
            "fundusd_verdicts_total", .counter, "Verdicts in the outbox since the ledger began.",
            Verdict.Outcome.allCases.map { Sample(Double(counters[$0]), (name: "outcome", value: $0.rawValue)) })
        add("fundusd_queue_images", .gauge, "Images that wait or are in hand.", Double(session.queue.count))
        add("fundusd_held_back_images", .gauge, "Images held back by a fault.", Double(session.retries.count))
        if let setAside {
            add(
                "fundusd_set_aside_images", .gauge, "Images that crashed the program and are not tried again.",
                Double(setAside))
        }
        let times = counters.times
        add("fundusd_verdict_seconds", "From an image's arrival to its verdict, since the start.", times.total)
        add("fundusd_decode_seconds", "Decoding an image, since the start.", times.decode)
        add("fundusd_network_seconds", "The network's pass over an image, since the start.", times.network)
        if let last = times.last {
            add(
                "fundusd_last_verdict_timestamp_seconds", .gauge, "When the last verdict since the start came.",
                last.timeIntervalSince1970)
        }
        add("fundusd_metrics_timestamp_seconds", .gauge, "When this was written.", now.timeIntervalSince1970.rounded())
        add(drift)
        add(LastRetraining(session.settings))
    }

    private mutating func add(_ drift: Drift?) {
        guard let drift else { return }
        add("fundusd_week_images", .gauge, "Images of the last seven days.", Double(drift.week.images))
        if let share = drift.ungradable.value {
            add("fundusd_week_ungradable_ratio", .gauge, "Share of them that is ungradable.", share)
        }
        if let index = drift.stability?.index {
            add(
                "fundusd_week_population_stability_index", .gauge,
                "How far their scores are from the hold-out's; above 0.25 is much.", index)
        }
        add(
            "fundusd_week_warnings", .gauge, "Figures of the week that have left their band.",
            Double(drift.warnings.count))
    }

    private mutating func add(_ last: LastRetraining?) {
        guard let last,
            let time = try? Date(last.at, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        else { return }
        add(
            "fundusd_last_retraining_timestamp_seconds", .gauge, "When the last retraining ended, and how.",
            [Sample(time.timeIntervalSince1970, (name: "outcome", value: last.outcome.rawValue))])
    }
}
