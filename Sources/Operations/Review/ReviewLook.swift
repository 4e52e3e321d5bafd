// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import FoundationEssentials
internal import Ledger
internal import Logging
internal import Review
internal import Screening
internal import Settings
internal import Supervision
internal import Synchronization
internal import WrittenText

/// One look after the other at the folders that people move pictures between.
final class ReviewLook: Sendable {
    private struct State: ~Copyable {
        var sweep: LabelSweep
        /// Made at the first look: the ledger is there then.
        var page: ReviewPageFiling?
        /// Told once, and when it changes.
        var fault: String?
        /// When the floor was last told, and of which model.
        var toldFloor: (at: ContinuousClock.Instant, model: String)?
    }

    private let session: ScreeningSession
    private let logger: Logger
    private let state: Mutex<State>

    init(session: ScreeningSession, logger: Logger) {
        let settings = session.settings
        self.session = session
        self.logger = logger
        state = Mutex(
            State(sweep: LabelSweep(session.ledger, labelled: settings.labelled, review: settings.reviewFolder)))
    }

    func look() {
        state.withLock { state in
            do {
                let outcome = try state.sweep.run()
                tell(outcome)
                try refreshPage(&state)
                state.fault = nil
                if !outcome.given.isEmpty || !outcome.withdrawn.isEmpty { try watchFloor(&state) }
            } catch {
                let fault = "\(error)"
                if state.fault != fault {
                    logger.record(.fault, "What people answered can't be seen: \(fault)", [.reason: .string(fault)])
                }
                state.fault = fault
            }
        }
    }

    /// Written while people are asked, and until all have answered.
    private func refreshPage(_ state: inout State) throws {
        if state.page == nil, let ledger = try session.settings.ledgerReader() {
            state.page = ReviewPageFiling(session.settings, ledger)
        }
        for fault in try state.page?.refresh() ?? [] {
            logger.warning("review/index.html has no small picture of a file, and links it as it is: \(fault)")
        }
    }

    private func tell(_ outcome: LabelSweep.Outcome) {
        for fault in outcome.faults { logger.warning("A labelled picture can't be read: \(fault)") }
        for (labels, event, verb) in [
            (outcome.given, JournalEvent.labelGiven, "is"), (outcome.withdrawn, .labelWithdrawn, "is no longer"),
        ] {
            for label in labels {
                let who = label.by.map { " \($0) says so." } ?? ""
                logger.record(
                    event, "A picture that a person was given \(verb) labelled \(label.label.rawValue).\(who)",
                    [.sha256: .string(label.sha256), .reason: .string(label.label.rawValue)])
            }
        }
    }

    /// Tells once a week that too many may be missed.
    private func watchFloor(_ state: inout State) throws {
        let (model, settings) = (session.modelInService.id, session.modelInService.settings)
        guard let floor = settings.review.sensitivityFloor,
            let figure = try settings.servicePerformance()?.part(of: model)?.figures().figures[.sensitivity],
            figure.interval.lower < floor
        else { return }
        if let told = state.toldFloor, told.model == model, .now - told.at < .seconds(6.5 * 86_400) { return }
        state.toldFloor = (.now, model)
        logger.record(
            .sensitivityFloor,
            """
            The sensitivity in service may be as low as \(figure.interval.lower.rounded3), below \(floor): it is measured as \
            \(figure.value.rounded3), 95 % interval \(figure.interval.lower.rounded3) to \(figure.interval.upper.rounded3). See \
            `fundusd performance`.
            """, [.model: .string(model), .reason: .string("sensitivity")])
    }
}
