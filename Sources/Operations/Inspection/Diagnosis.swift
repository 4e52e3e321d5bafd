// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Ledger
internal import LinuxIO
internal import ModelStore
internal import Review
internal import Screening
package import Settings
internal import SystemPackage
internal import TensorMath
internal import Verdict

/// What `fundusd doctor` finds, in the order in which an image meets it.
package struct Diagnosis {
    package enum Level: String {
        case good = "ok   "
        case warning = "warn "
        case fault = "FAULT"
    }

    package struct Finding {
        package let level: Level
        package let subject: String
        /// What is so.
        package let sentence: String
        /// What to do; empty where all is well.
        package let remedy: String
    }

    package private(set) var findings: [Finding] = []

    package var hasFaults: Bool { findings.contains { $0.level == .fault } }

    /// Looks at everything; what can't be looked at is a finding.
    package init(_ settings: Settings) {
        examineUser()
        examineFolders(settings)
        examineWatching(settings)
        examineNames(settings)
        examineReview(settings)
        for key in [SettingKey.outbox, .state] { examineSpace(key, key == .outbox ? settings.outbox : settings.state) }
        examineComputing()
        examineModel(settings)
        examineLedger(settings)
        examineDaemon(settings)
    }

    private mutating func add(_ level: Level, _ subject: String, _ sentence: String, _ remedy: String = "") {
        findings.append(Finding(level: level, subject: subject, sentence: sentence, remedy: remedy))
    }

    private mutating func examineUser() {
        guard geteuid() == 0 else { return }
        add(
            .warning, "user", "this is root, who may do everything: what the service may do is not seen",
            "Run `sudo -u fundusd fundusd doctor`.")
    }

    private mutating func examineFolders(_ settings: Settings) {
        let check = FolderCheck(settings)
        for fault in check.faults { add(.fault, fault.key, fault.message, fault.remedy) }
        for folder in check.missing { add(.good, "folders", "\(folder) is not there yet, and can be made") }
        if check.faults.isEmpty { add(.good, "folders", "inbox, outbox and state can be used") }
    }

    private mutating func examineWatching(_ settings: Settings) {
        do throws(SystemFailure) {
            try examineWatching(of: Folder(settings.inbox), settings)
        } catch let error where error.isGone {
            return  // Said above.
        } catch {
            add(.fault, "inbox", "it can't be looked through: \(error)", "See the folders above.")
        }
    }

    private mutating func examineWatching(of inbox: borrowing Folder, _ settings: Settings) throws(SystemFailure) {
        if case .network(let name) = try FileSystemKind.of(inbox) {
            add(
                .warning, "inbox", "it lies on \(name), whose changes by other machines raise no event: it is polled",
                "Verdicts come within rescan-seconds (\(settings.rescan.components.seconds)); lower it if need be.")
        }
        guard settings.recursive, let limit = try Self.limit("max_user_watches") else { return }
        let folders = 1 + (try inbox.tree()).count { $0.status.kind == .folder }
        let level: Level = folders > limit ? .fault : folders * 2 > limit ? .warning : .good
        add(
            level, "inotify", "the inbox has \(folders) folders, and this user may watch \(limit)",
            level == .good ? "" : "Raise it: sysctl fs.inotify.max_user_watches=\(max(folders * 4, 65_536)).")
    }

    /// Tries what the outbox's file system can do, as the daemon does at its start.
    private mutating func examineNames(_ settings: Settings) {
        do throws(SystemFailure) {
            let abilities = try Folder(settings.outbox).probe()
            guard let shortcomings = abilities.sentence else {
                return add(.good, "outbox", "its file system can have every name")
            }
            add(.warning, "outbox", "its file system \(shortcomings)", abilities.consequence)
        } catch let error where error.isGone {
            return  // Said above.
        } catch {
            add(
                .warning, "outbox", "what its file system can do can't be tried: \(error.description)",
                "Run this as the service's user.")
        }
    }

    /// Where people find what they are to look at, and where they answer.
    private mutating func examineReview(_ settings: Settings) {
        guard settings.review.isOn else { return }
        do throws(SystemFailure) {
            let review = try Folder(settings.reviewFolder)
            // Its probe makes and removes files, as a picture is put there and removed.
            _ = try review.probe()
            for label in GivenLabel.allCases {
                let folder = settings.labelled.appending(label.rawValue)
                if try FileStatus.at(folder)?.kind == .folder { continue }
                add(
                    .warning, "review", "people have no folder to answer “\(label.rawValue)”",
                    "Make \(folder), with the group and the rights of its neighbors.")
            }
            add(.good, "review", "pictures can be put into \(settings.reviewFolder)")
        } catch {
            add(
                .fault, "review", "pictures can't be put into \(settings.reviewFolder): \(error.description)",
                "Make it, with the group and the rights of the inbox.")
        }
    }

    private static func limit(_ name: String) throws(SystemFailure) -> Int? {
        let path = FilePath("/proc/sys/fs/inotify/\(name)")
        guard try FileStatus.at(path) != nil else { return nil }
        let bytes = try Descriptor.open(path, O_RDONLY).read(upTo: 64)
        return Int(String(decoding: bytes, as: UTF8.self).filter(\.isNumber))
    }

    private mutating func examineSpace(_ key: SettingKey, _ folder: FilePath) {
        let space: DiskSpace
        do throws(SystemFailure) {
            space = try DiskSpace(of: folder)
        } catch {
            return add(
                .fault, key.name, "how much room is on its disk can't be told: \(error)", "See the folders above.")
        }
        let megabytes = space.freeBytes / 1_000_000
        let files = space.freeFiles.map { ", \($0) files" } ?? ""
        let isFew = (space.freeFiles ?? .max) < 10_000
        let level: Level =
            megabytes < 50 || space.freeFiles == 0 ? .fault : megabytes < 1000 || isFew ? .warning : .good
        add(
            level, key.name, "\(megabytes) MB\(files) are free on its disk",
            level == .good ? "" : "Make room: images wait, and no retraining is possible, when it is full.")
    }

    /// The engine was chosen before this began, or there would be no diagnosis.
    private mutating func examineComputing() {
        let kind = EngineKind.suited(to: .float32)
        add(
            .good, "computing",
            "networks are computed by \(kind.sentence), on \(ComputeEngine.shared.team.threadCount) threads")
    }

    private mutating func examineModel(_ settings: Settings) {
        do {
            let folder = try ModelStore(root: settings.state).judge(named: nil)
            let (record, _) = try folder.verify()
            let point = try settings.operatingPoint(of: record)
            add(
                .good, "model",
                "\(record.id) is whole, computes as when it was made, and calls disease at \(point.value)")
        } catch let failure as ModelFailure {
            add(.fault, "model", "\(failure.path): \(failure.message)", "\(failure.remedy).")
        } catch {
            add(.fault, "model", explanation(of: error), "See `fundusd help model`.")
        }
    }

    private mutating func examineLedger(_ settings: Settings) {
        do {
            guard let ledger = try settings.ledgerReader() else {
                return add(.good, "ledger", "there is none yet: nothing was ever screened here")
            }
            let faults = try ledger.faults()
            guard faults.isEmpty else {
                return add(
                    .fault, "ledger", "it is damaged: \(faults[0])",
                    "Stop the service and restore \(settings.ledgerPath) from a backup.")
            }
            let counts = try ledger.counts()
            add(.good, "ledger", "it is whole, with \(counts.outcomes.values.reduce(0, +)) verdicts")
            let setAside = try ledger.setAside().count
            if setAside > 0 {
                add(
                    .warning, "images", "\(setAside) are set aside without a verdict: they crashed the program",
                    "`fundusd retry --list` names them; look at them by other means, and report the fault.")
            }
            if counts.waiting > 0 {
                add(
                    .warning, "images", "\(counts.waiting) are held back by faults of the machine",
                    "`journalctl -u fundusd -p warning` says which; `fundusd explain NAME` why.")
            }
        } catch {
            add(.fault, "ledger", explanation(of: error), "Restore it from a backup.")
        }
    }

    private mutating func examineDaemon(_ settings: Settings) {
        let process: Int32
        do {
            guard let holder = try settings.daemonProcess() else {
                return add(.warning, "daemon", "none runs on \(settings.state)", "`systemctl start fundusd`")
            }
            process = holder
        } catch {
            let message = explanation(of: error)
            return add(
                .fault, "daemon", "whether one runs can't be told: \(message)", "Run this as the service's user.")
        }
        do {
            let store = ModelStore(root: settings.state)
            if let serving = try store.inServiceID, let champion = try store.championID, serving != champion {
                return add(
                    .warning, "daemon", "it judges by \(serving), and the champion is \(champion)",
                    "`journalctl -u fundusd -p err` says why it refused that one.")
            }
            add(.good, "daemon", "it runs (process \(process))")
        } catch {
            add(.fault, "daemon", "by which model it judges can't be told: \(error)", "See `fundusd help model`.")
        }
    }
}
