// SPDX-License-Identifier: Apache-2.0
internal import Intake
internal import LinuxIO
internal import ModelStore
internal import Screening
internal import Supervision
internal import SystemPackage

/// Follows the store: when its champion becomes another, that one judges, or is refused and the old one goes on.
///
/// The links are the truth and events are hints, as for the inbox: they are read again at every event in the folder, and
/// once every rescan interval where no event comes, as on network file systems.
struct ChampionWatch: Service {
    let modelInService: ModelInService
    let store: ModelStore
    let interval: Duration
    let journal: ScreeningJournal

    func run(until stop: StopNotice) async throws {
        let request = StopRequest(waking: try WakeUp())
        stop.whenGiven { request.make() }
        await onOwnThread(named: "models") {
            var loop = ChampionLoop(modelInService: modelInService, store: store, journal: journal)
            while !request.isMade {
                let folder = loop.step()
                request.wakeUp.sleep(orUntilReadable: folder, atMost: interval)
            }
        }
    }
}

/// What the thread keeps from one look to the next.
private struct ChampionLoop: ~Copyable {
    private let modelInService: ModelInService
    private let store: ModelStore
    private let journal: ScreeningJournal
    private var watch: ModelsFolderWatch?
    /// A champion that can't judge, as things stood: it is tried again when they have changed.
    private var refused: Candidate?
    /// What kept the last look from seeing the champion.
    private var fault: ModelFailure?

    /// What decides whether a model is taken, and what tells one promotion from the next.
    private struct Candidate: Equatable {
        let id: String
        let link: FileSignature?
        let files: [FileSignature?]
        let settings: Int
    }

    init(modelInService: ModelInService, store: ModelStore, journal: ScreeningJournal) {
        self.modelInService = modelInService
        self.store = store
        self.journal = journal
    }

    /// Looks once. Watches before it looks, so that no change falls in between.
    ///
    /// - Returns: the descriptor that becomes readable at the next change; nil where only time brings the next look.
    mutating func step() -> CInt? {
        if watch?.isCurrent(store.models) != true { watch = try? ModelsFolderWatch(store.models) }
        watch?.forget()
        follow()
        return watch?.descriptor
    }

    private mutating func follow() {
        do throws(ModelFailure) {
            guard let candidate = try candidate() else {
                refused = nil
                return
            }
            if candidate != refused { take(candidate) }
            fault = nil
        } catch {
            // Each look would say it again, once a rescan at least.
            if fault != error { journal.tell(.fault("it can't be seen which model is to judge: \(error.description)")) }
            fault = error
        }
    }

    /// The champion, where it is another than the model that judges.
    private func candidate() throws(ModelFailure) -> Candidate? {
        guard let id = try store.championID, id != modelInService.id else { return nil }
        return Candidate(
            id: id, link: try store.championLinkSignature, files: try store.folder(id).signatures,
            settings: modelInService.settingsNumber)
    }

    private mutating func take(_ candidate: Candidate) {
        let (id, current) = (candidate.id, modelInService.id)
        do {
            let isExchanged = try modelInService.exchange(for: id)
            refused = nil
            if isExchanged { journal.modelSwapped(to: id, from: current) }
        } catch {
            refused = candidate
            journal.modelRefused(id, keeping: current, reason: explanation(of: error))
        }
    }
}

/// Events in the folder of the models; the folder may be taken away and put back.
private struct ModelsFolderWatch: ~Copyable {
    private let inotify: Inotify
    private let identity: Identity

    private struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64

        init(_ folder: borrowing Folder) throws(SystemFailure) {
            let signature = try folder.descriptor.status().signature
            device = signature.device
            inode = signature.inode
        }
    }

    init(_ path: FilePath) throws(SystemFailure) {
        let folder = try Folder(path)
        let identity = try Identity(folder)
        let inotify = try Inotify()
        _ = try inotify.watch(folder)
        self.identity = identity
        self.inotify = inotify
    }

    var descriptor: CInt { inotify.descriptor.raw }

    /// Whether the path still leads to the folder that is watched.
    func isCurrent(_ path: FilePath) -> Bool {
        guard let folder = try? Folder(path) else { return false }
        return (try? Identity(folder)) == identity
    }

    /// Takes the events that wait: what they say is read from the folder.
    func forget() { while let events = try? inotify.events(), !events.isEmpty {} }
}
