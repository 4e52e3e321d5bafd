// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Ledger
internal import LinuxIO
internal import ModelStore
internal import Review
package import Settings
package import SystemPackage
internal import Verdict

/// What a state folder needs to be another's: the ledger, the models, what came of the last retraining, and the secret by which
/// pictures are drawn for people. With another one a picture that is screened again after a restore would be drawn anew.
package struct StateCopy: Sendable {
    private let verdicts: Int
    private let chain: AuditChain
    private let models: Int
    private let champion: String?

    /// Copies the state folder to a new folder, while the daemon runs; the folder appears whole or not at all.
    ///
    /// - Throws: a `Refusal`; nothing is left of the folder then.
    package static func backUp(_ settings: Settings, to path: FilePath) throws -> StateCopy {
        try settings.prepareComputing()
        guard try !isThere(path) else {
            throw Refusal(.cannotCreate, "\(path) is there already; name a folder that is not")
        }
        let half = path.removingLastComponent().appending(
            ".\(path.lastComponent?.string ?? "").\(UInt64.random(in: 0 ... .max)).partial")
        do {
            return try making(half) {
                let copy = try StateCopy(from: settings.state, ledger: settings.ledgerPath, to: half)
                try AtomicFile.rename(half, to: path)
                try AtomicFile.synchronizeFolder(of: path)
                return copy
            }
        } catch {
            // A backup that fails each night must not fill the disk.
            try? FileManager.default.removeItem(atPath: half.string)
            throw error
        }
    }

    /// Makes a state folder of a backup; one that holds a ledger or models is left as it is.
    ///
    /// - Throws: a `Refusal`.
    package static func restore(_ backup: FilePath, to settings: Settings) throws -> StateCopy {
        try settings.prepareComputing()
        let ledger = backup.appending(ledgerName)
        guard try isThere(ledger) || isThere(backup.appending("models")) else {
            throw Refusal(.noInput, "\(backup) is no backup: it holds neither a ledger nor models")
        }
        return try making(settings.state) {
            let models = try ModelStore(root: settings.state).list()
            guard models.isEmpty, try FileStatus.at(settings.ledgerPath) == nil else {
                throw Refusal(
                    .cannotCreate,
                    "\(settings.state) holds a ledger or models: nothing is overwritten; move it away first")
            }
            let lock = try InstanceLock.acquire(at: settings.lockPath)
            guard lock != nil else { throw Refusal(.tryAgain, "a fundusd works on \(settings.state); stop it first") }
            return try StateCopy(from: backup, ledger: ledger, to: settings.state)
        }
    }

    private static let ledgerName = "ledger.sqlite"

    /// Copies and checks; a ledger that is damaged or a model that is not whole ends it.
    private init(from source: FilePath, ledger: FilePath, to target: FilePath) throws {
        let store = ModelStore(root: target)
        try AtomicFile.makeFolder(store.models)
        try store.adoptAll(of: ModelStore(root: source))
        models = try store.list().count
        champion = try store.championID
        let last = source.appending(Settings.lastRetrainingName)
        if try FileStatus.at(last) != nil {
            try AtomicFile.copy(last, to: target.appending(Settings.lastRetrainingName))
        }
        try SiteSecret.copy(from: source, to: target)
        guard try FileStatus.at(ledger) != nil else {
            (verdicts, chain) = (0, AuditChain())
            return
        }
        let copy = target.appending(Self.ledgerName)
        try LedgerReader(at: ledger).copy(to: copy)
        let reader = try LedgerReader(at: copy)
        if let fault = try reader.faults().first {
            throw Refusal(.dataError, "\(ledger): the ledger is damaged: \(fault)")
        }
        verdicts = try reader.counts().outcomes.values.reduce(0, +)
        chain = try reader.hasAudit() ? reader.auditHead() : AuditChain()
    }

    /// How much was copied, for the person who asked for it.
    package var summary: String {
        """
        \(verdicts) verdicts (the head of their chain is \(chain.head)) and \(models) models, of which \
        \(champion ?? "none") judges
        """
    }

    /// Whether anything has this name.
    private static func isThere(_ path: FilePath) throws -> Bool {
        do throws(SystemFailure) {
            return try FileStatus.ofEntry(path) != nil
        } catch {
            throw Refusal(.inputOutput, error.description)
        }
    }

    /// Makes a folder for the work, and turns what goes wrong into exit statuses.
    private static func making<Result>(_ folder: FilePath, _ body: () throws -> Result) throws -> Result {
        do {
            try AtomicFile.makeFolder(folder)
        } catch {
            throw Refusal(.cannotCreate, explanation(of: error))
        }
        do {
            return try body()
        } catch let refusal as Refusal {
            throw refusal
        } catch let failure as ModelFailure {
            throw Refusal(failure.code == .inputOutput ? .inputOutput : .dataError, failure.description)
        } catch {
            throw Refusal(.inputOutput, explanation(of: error))
        }
    }
}
