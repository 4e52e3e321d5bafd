// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import FundusImage
package import Intake
package import Ledger
internal import LinuxIO
package import ModelStore
internal import Review
package import Settings
internal import SystemPackage
internal import Verdict

/// Everything that screening needs, opened and checked: what `watch` and `screen` have in common.
package final class ScreeningSession: Sendable {
    package let settings: Settings
    package let pipeline: ScreeningPipeline
    package let ledger: Ledger
    package let queue = ArrivalQueue()
    package let retries = Retries()
    package let control: InboxControl
    let known: KnownFiles
    package let modelInService: ModelInService
    /// What a challenger may look at.
    package let shadow: ShadowPictures
    package let counters: ScreeningCounters
    private let lock: InstanceLock
    private let tell: @Sendable (ScreeningEvent) -> Void

    /// Opens it all, in the order in which a person would want to hear of faults.
    ///
    /// - Throws: a `Refusal`.
    package init(
        _ settings: Settings, patience: UnfinishedImages.Patience,
        tell: @escaping @Sendable (ScreeningEvent) -> Void
    ) throws {
        try settings.prepareFolders()
        lock = try Self.lock(settings)
        _ = try Self.trying(.inputOutput) { try Folder(settings.outbox).removeUnfinished() }
        let model = try settings.loadModel(named: nil)
        // Where they can't be kept, everything works, and each start takes longer; `model verify` says why.
        model.keepPackedWeights()
        let rules = try settings.rules(for: model, foldersOf: settings)
        let ledger = try Self.openLedger(settings)
        self.ledger = ledger
        let shadow = try Self.trying(.software) { try ShadowPictures() }
        shadow.setOpen(settings.shadow)
        let counters = ScreeningCounters(try Self.trying(.inputOutput) { try Self.published(settings) })
        let known = try Self.trying(.inputOutput) { try KnownFiles(ledger) }
        pipeline = ScreeningPipeline(
            outbox: Outbox(root: settings.outbox), ledger: ledger, known: known, rules: rules,
            patience: patience, now: { Date() },
            tell: { event in
                counters.count(event)
                tell(event)
            }, show: shadow.offer)
        modelInService = ModelInService(model, settings, pipeline: pipeline)
        control = try Self.trying(.software) { try InboxControl() }
        self.counters = counters
        self.shadow = shadow
        self.tell = tell
        self.known = known
        self.settings = settings
        forgetWaits(ledger)
        pipeline.putBackInterrupted()
        writeExams()
        lookBack()
    }

    private func forgetWaits(_ ledger: Ledger) {
        do {
            try ledger.forgetWaits()
        } catch {
            tell(.fault("`status` may still show images as waiting that no longer do: \(error)"))
        }
    }

    /// What a crash kept from the outbox. Where it can't be written now, the next verdict tries again.
    private func writeExams() {
        do {
            try pipeline.writeExams()
        } catch {
            tell(.fault("exams may be older than verdicts in the outbox: \(error)"))
        }
    }

    /// Reads why the process before ended, and leaves word for the next one. Where the disk is full, that waits for the
    /// next start: no image is worse off for it.
    private func lookBack() {
        let note = settings.crashNotePath
        do {
            queue.suspect(try pipeline.suspects(afterCrashOn: try CrashNote.suspect(in: note)))
            try CrashNote.begin(note)
        } catch {
            tell(.fault("images that crash the program can't be told from others until the next start: \(error)"))
        }
    }

    /// Queues what the last run judged and could not publish, before anything new.
    package func queueRecovered() throws {
        let names = try Self.trying(.inputOutput) { try pipeline.namesToRecover() }
        for name in names { queue.add(ArrivalQueue.Arrival(name: name, receivedAt: Date(), evidence: .settled)) }
    }

    /// What reads the inbox.
    package func scanner(_ heartbeat: Heartbeat = Heartbeat()) -> InboxScanner {
        InboxScanner(
            root: settings.inbox, isRecursive: settings.recursive, settlingTime: settings.settle, known: known,
            retries: retries, queue: queue, now: { Date() }, tell: tell, progress: heartbeat.advance)
    }

    /// One worker, for a thread of its own.
    package func worker(_ heartbeat: Heartbeat = Heartbeat()) -> ScreeningWorker {
        ScreeningWorker(queue: queue, pipeline: pipeline, retries: retries, control: control, heartbeat: heartbeat)
    }

    private static func lock(_ settings: Settings) throws -> InstanceLock {
        let lock = try trying(.cannotCreate) { try InstanceLock.acquire(at: settings.lockPath) }
        if let lock { return lock }
        let holder = try trying(.inputOutput) { try InstanceLock.holder(at: settings.lockPath) }
        throw Refusal(
            .tryAgain,
            """
            another fundusd\(holder.map { " (process \($0))" } ?? "") works on \(settings.state); stop it first, or give \
            this one a state folder of its own
            """)
    }

    private static func openLedger(_ settings: Settings) throws -> Ledger {
        do {
            return try Ledger(at: settings.ledgerPath)
        } catch let fault as LedgerFault {
            throw Refusal(.configuration, "\(settings.ledgerPath): \(fault)")
        } catch {
            throw Refusal(.inputOutput, "\(settings.ledgerPath): the ledger can't be opened: \(error)")
        }
    }

    private static func published(_ settings: Settings) throws -> [Verdict.Outcome: Int] {
        let counts = try LedgerReader(at: settings.ledgerPath).counts().outcomes
        return counts.reduce(into: [:]) { result, pair in
            if let outcome = Verdict.Outcome(rawValue: pair.key) { result[outcome] = pair.value }
        }
    }

    private static func trying<Result: ~Copyable>(
        _ status: ExitStatus, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch {
            throw Refusal(status, "\(error)")
        }
    }
}

extension Settings {
    /// The rules that these settings make with a model.
    ///
    /// - Parameter running: the settings that the daemon was started with; its folders can't change while it runs.
    /// - Throws: a `Refusal` when the model can't give the sensitivity that is asked for.
    package func rules(for model: LoadedModel, foldersOf running: Settings) throws -> ScreeningRules {
        ScreeningRules(
            reader: InboxReader(root: running.inbox, maximumBytes: maxBytes, settlingTime: running.settle),
            judge: try judge(with: model, drawingHeatmaps: heatmap),
            disposition: disposition(archive: running.archivePath), review: try reviewRules(foldersOf: running),
            exams: exams)
    }

    /// Nil where no person is asked.
    private func reviewRules(foldersOf running: Settings) throws -> ReviewRules? {
        guard review.isOn else { return nil }
        let rules = ReviewPlan.Rules(
            normalShare: review.normalShare, diseaseShare: review.diseaseShare, doubt: review.doubt,
            perDay: review.perDay)
        do throws(SystemFailure) {
            // Made for whom it is missing by hand; the package's has the inbox's group.
            try AtomicFile.makeFolder(running.reviewFolder, permissions: 0o770)
            return ReviewRules(
                plan: ReviewPlan(rules, secret: try SiteSecret(in: running.state)), folder: running.reviewFolder)
        } catch {
            throw Refusal(.cannotCreate, error.description)
        }
    }

    private func disposition(archive: FilePath) -> SourceDisposition {
        switch after {
        case .keep: .keep
        case .archive: .archive(archive)
        case .delete: .delete
        }
    }
}
