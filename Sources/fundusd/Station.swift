// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import FundusImage
internal import LinuxIO
internal import Logging
internal import ModelStore
internal import Review
internal import Screening
internal import Settings
internal import SystemPackage

/// Everything that screening needs, opened and checked: what `watch` and `screen` have in common.
final class Station: Sendable {
    let settings: Settings
    let line: ScreeningLine
    let ledger: Ledger
    let queue = ArrivalQueue()
    let retries = Retries()
    let control: InboxControl
    let known: KnownFiles
    let seat: ModelSeat
    /// What a challenger may look at.
    let shadow: ShadowPictures
    let tally: Tally
    private let lock: InstanceLock
    private let tell: @Sendable (ScreeningEvent) -> Void

    /// Opens it all, in the order in which a person would want to hear of faults.
    ///
    /// - Throws: a `Refusal`.
    init(
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
        let tally = Tally(try Self.trying(.inputOutput) { try Self.published(settings) })
        let known = try Self.trying(.inputOutput) { try KnownFiles(ledger) }
        line = ScreeningLine(
            outbox: Outbox(root: settings.outbox), ledger: ledger, known: known, rules: rules,
            patience: patience, now: { Date() },
            tell: { event in
                tally.count(event)
                tell(event)
            }, show: shadow.offer)
        seat = ModelSeat(model, settings, line: line)
        control = try Self.trying(.software) { try InboxControl() }
        self.tally = tally
        self.shadow = shadow
        self.tell = tell
        self.known = known
        self.settings = settings
        forgetWaits(ledger)
        line.putBackInterrupted()
        lookBack()
    }

    private func forgetWaits(_ ledger: Ledger) {
        do {
            try ledger.forgetWaits()
        } catch {
            tell(.fault("`status` may still show images as waiting that no longer do: \(error)"))
        }
    }

    /// Reads why the process before ended, and leaves word for the next one. Where the disk is full, that waits for the
    /// next start: no image is worse off for it.
    private func lookBack() {
        let note = settings.state.appending("crash")
        do {
            queue.suspect(try line.suspects(afterCrashOn: try CrashNote.suspect(in: note)))
            try CrashNote.begin(note)
        } catch {
            tell(.fault("images that crash the program can't be told from others until the next start: \(error)"))
        }
    }

    /// Queues what the last run judged and could not publish, before anything new.
    func queueRecovered() throws {
        let names = try Self.trying(.inputOutput) { try line.namesToRecover() }
        for name in names { queue.add(ArrivalQueue.Arrival(name: name, receivedAt: Date(), evidence: .settled)) }
    }

    /// What reads the inbox.
    func scanner(_ signs: SignsOfLife = SignsOfLife()) -> InboxScanner {
        InboxScanner(
            root: settings.inbox, isRecursive: settings.recursive, settlingTime: settings.settle, known: known,
            retries: retries, queue: queue, now: { Date() }, tell: tell, progress: signs.advance)
    }

    func worker(_ signs: SignsOfLife = SignsOfLife()) -> ScreeningWorker {
        ScreeningWorker(queue: queue, line: line, retries: retries, control: control, signs: signs)
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
    /// Beside the outbox, where people find what they are to look at.
    var reviewFolder: FilePath { outbox.removingLastComponent().appending("review") }
    var ledgerPath: FilePath { state.appending("ledger.sqlite") }
    var shadowPath: FilePath { state.appending("shadow.sqlite") }
    var lockPath: FilePath { state.appending("lock") }

    /// The rules that these settings make with a model.
    ///
    /// - Parameter running: the settings that the daemon was started with; its folders can't change while it runs.
    /// - Throws: a `Refusal` when the model can't give the sensitivity that is asked for.
    func rules(for model: LoadedModel, foldersOf running: Settings) throws -> ScreeningRules {
        ScreeningRules(
            reader: InboxReader(root: running.inbox, maximumBytes: maxBytes, settlingTime: running.settle),
            judge: try judge(with: model, drawingHeatmaps: heatmap),
            afterwards: afterwards(archive: running.state.appending("archive")),
            review: try reviewRules(foldersOf: running))
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

    func judge(
        with model: LoadedModel, drawingHeatmaps: Bool, accepting formats: PhotographFormats = .jpeg
    ) throws -> Judge {
        Judge(
            model: model, operatingPoint: try operatingPoint(of: model.record), maximumPixels: maxPixels,
            maximumBytes: maxBytes, fidelity: fidelity, drawsHeatmaps: drawingHeatmaps, accepting: formats)
    }

    var fidelity: DecodeFidelity {
        switch decode {
        case .full: .full
        case .scaled: .scaled
        }
    }

    private func afterwards(archive: FilePath) -> Afterwards {
        switch after {
        case .keep: .keep
        case .archive: .archive(archive)
        case .delete: .delete
        }
    }

    func operatingPoint(of model: ModelRecord) throws -> OperatingPoint {
        switch threshold {
        case .model: return model.ownOperatingPoint
        case .fixed(let value): return OperatingPoint(value: value, source: .configuration)
        case .targetSensitivity(let sensitivity):
            if let point = model.operatingPoint(reaching: sensitivity) { return point }
            throw Refusal(
                .configuration,
                """
                target-sensitivity: model \(model.id) carries no hold-out figures that reach \(sensitivity). \
                Give a threshold instead, or leave both out.
                """)
        }
    }
}
