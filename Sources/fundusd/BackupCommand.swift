// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import LinuxIO
internal import ModelStore
internal import Screening
internal import Settings
internal import Supervision
internal import SystemPackage

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the ledger and the models to a folder, while the daemon runs.",
        discussion: """
            The folder appears whole or not at all. It holds no images: neither the inbox nor the archive nor the outbox. \
            `fundusd restore FOLDER` makes a state folder of it again.

                fundusd backup /mnt/backup/fundusd-$(date +%F)
            """)
    @Argument(help: ArgumentHelp("The folder to be made; it must not be there yet.", valueName: "folder")) var target:
        String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        let settings = try Settings.resolved(folders)
        try settings.prepareComputing()
        let path = FilePath(target)
        guard try !StateCopy.isThere(path) else {
            throw Refusal(.cannotCreate, "\(path) is there already; name a folder that is not")
        }
        let half = path.removingLastComponent().appending(
            ".\(path.lastComponent?.string ?? "").\(UInt64.random(in: 0 ... .max)).partial")
        do {
            try StateCopy.making(half) {
                let copy = try StateCopy(from: settings.state, ledger: settings.ledgerPath, to: half)
                try AtomicFile.rename(half, to: path)
                try AtomicFile.synchronizeFolder(of: path)
                try StandardOutput.say("\(path) holds \(copy.summary).")
            }
        } catch {
            // A backup that fails each night must not fill the disk.
            try? FileManager.default.removeItem(atPath: half.string)
            throw error
        }
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Makes a state folder from a backup.",
        discussion: """
            The state folder must hold neither a ledger nor models: move the old one away first. Images that were judged after \
            the backup and still lie in the inbox are judged again; their verdicts are written anew.

                systemctl stop fundusd && mv /var/lib/fundusd /var/lib/fundusd.old
                fundusd restore /mnt/backup/fundusd-2026-11-25 --state /var/lib/fundusd
                chown -R fundusd: /var/lib/fundusd && systemctl start fundusd
            """)
    @Argument(help: ArgumentHelp("What `fundusd backup` made.", valueName: "folder")) var source: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        let settings = try Settings.resolved(folders)
        try settings.prepareComputing()
        let backup = FilePath(source)
        let ledger = backup.appending(StateCopy.ledgerName)
        guard try StateCopy.isThere(ledger) || StateCopy.isThere(backup.appending("models")) else {
            throw Refusal(.noInput, "\(backup) is no backup: it holds neither a ledger nor models")
        }
        try StateCopy.making(settings.state) {
            let models = try ModelStore(root: settings.state).list()
            guard models.isEmpty, try FileStatus.at(settings.ledgerPath) == nil else {
                throw Refusal(
                    .cannotCreate,
                    "\(settings.state) holds a ledger or models: nothing is overwritten; move it away first")
            }
            let lock = try InstanceLock.acquire(at: settings.lockPath)
            guard lock != nil else { throw Refusal(.tryAgain, "a fundusd works on \(settings.state); stop it first") }
            let copy = try StateCopy(
                from: backup, ledger: ledger, to: settings.state)
            try StandardOutput.say("\(settings.state) holds \(copy.summary).")
        }
    }
}

/// What a state folder needs to be another's: the ledger, the models, what came of the last retraining.
private struct StateCopy {
    static let ledgerName = "ledger.sqlite"
    private let verdicts: Int
    private let chain: AuditChain
    private let models: Int
    private let champion: String?

    /// Copies and checks; a ledger that is damaged or a model that is not whole ends it.
    init(from source: FilePath, ledger: FilePath, to target: FilePath) throws {
        let store = ModelStore(root: target)
        try AtomicFile.makeFolder(store.models)
        try store.adoptAll(of: ModelStore(root: source))
        models = try store.list().count
        champion = try store.championID
        let last = source.appending("last-retraining.json")
        if try FileStatus.at(last) != nil {
            try AtomicFile.copy(last, to: target.appending("last-retraining.json"))
        }
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

    var summary: String {
        """
        \(verdicts) verdicts (the head of their chain is \(chain.head)) and \(models) models, of which \
        \(champion ?? "none") judges
        """
    }

    /// Whether anything has this name.
    static func isThere(_ path: FilePath) throws -> Bool {
        do throws(SystemFailure) {
            return try FileStatus.ofEntry(path) != nil
        } catch {
            throw Refusal(.inputOutput, error.description)
        }
    }

    /// Makes a folder for the work, and turns what goes wrong into exit statuses.
    static func making(_ folder: FilePath, _ body: () throws -> Void) throws {
        do {
            try AtomicFile.makeFolder(folder)
        } catch {
            throw Refusal(.cannotCreate, told(error))
        }
        do {
            try body()
        } catch let refusal as Refusal {
            throw refusal
        } catch let failure as ModelFailure {
            throw Refusal(failure.code == .inputOutput ? .inputOutput : .dataError, failure.description)
        } catch {
            throw Refusal(.inputOutput, told(error))
        }
    }
}
