// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import SystemPackage

extension ModelStore {
    /// Makes a verified model the champion; the one before stays reachable as `previous`.
    package func promote(_ id: String) throws(ModelFailure) {
        try requireJudge(try verify(id))
        try change { store throws(ModelFailure) in
            // What was verified without the lock may have been pruned before it was taken.
            _ = try store.record(id)
            try store.apply(try store.changes(promoting: id))
        }
    }

    /// Makes a model of any folder the champion; one from outside the store is taken in first.
    @discardableResult
    package func promote(_ folder: ModelFolder) throws(ModelFailure) -> ModelRecord {
        _ = try folder.judgeRecord()
        let record = try adopt(folder)
        try promote(record.id)
        return record
    }

    /// Makes the previous model the champion again, and the champion the previous one.
    ///
    /// Loads it as the daemon will, from its packed weights where they are whole: this is for when there is no time.
    ///
    /// - Returns: the id of the new champion.
    /// - Throws: where another model became champion while the previous one was loaded, too: who is previous then is another.
    @discardableResult
    package func rollback() throws(ModelFailure) -> String {
        let champion = try championID
        guard let previous = try previousID, previous != champion else {
            throw ModelFailure(
                .missing, models.string, "has no earlier model to roll back to", remedy: "see `fundusd model list`")
        }
        _ = try LoadedModel(folder(previous))
        try rollBack(from: champion, to: previous)
        return previous
    }

    /// The part that changes the links.
    ///
    /// - Parameter champion: who judged when the previous model was chosen.
    func rollBack(from champion: String?, to previous: String) throws(ModelFailure) {
        try change { store throws(ModelFailure) in
            _ = try store.record(previous)
            let now = try store.championID
            guard now == champion, try store.previousID == previous else { throw store.changedMeanwhile(to: now) }
            try store.apply(try store.changes(rollingBackTo: previous))
        }
    }

    /// Keeps a verified model beside the champion, to be promoted by a person.
    package func keepChallenger(_ id: String) throws(ModelFailure) {
        try requireJudge(try verify(id))
        try change { store throws(ModelFailure) in
            _ = try store.record(id)
            guard try id != store.championID else {
                throw ModelFailure(
                    .ambiguous, folder(id).path.string, "is the champion, so it can't be its own challenger",
                    remedy: "see `fundusd model list`")
            }
            try store.apply([.point(Self.challengerLink, to: id)])
        }
    }

    private func changedMeanwhile(to champion: String?) -> ModelFailure {
        ModelFailure(
            .ambiguous, models.string, "has another champion, \(champion ?? "none"), since a moment ago",
            remedy: "see `fundusd model list`, and ask again")
    }

    /// One process at a time changes aliases and removes models; readers need no lock.
    func change(_ body: (ModelStore) throws(ModelFailure) -> Void) throws(ModelFailure) {
        let lock = try lock()
        do throws(ModelFailure) {
            try body(self)
        } catch {
            lock.release()
            throw error
        }
        lock.release()
    }

    private func lock() throws(ModelFailure) -> FolderLock {
        do throws(SystemFailure) {
            return try FolderLock(models)
        } catch {
            throw ModelFailure(error)
        }
    }

    private func requireJudge(_ record: ModelRecord) throws(ModelFailure) {
        guard record.role == .judge else {
            throw ModelFailure(
                .notJudgeable, folder(record.id).path.string, "is a base network and has no verdict to give",
                remedy: "train from it, or promote a classifier of eyes")
        }
    }
}

/// One step of what a promotion does to the links.
enum LinkChange: Equatable {
    case point(String, to: String)
    case remove(String)
}

extension ModelStore {
    /// The steps in their order: wherever a crash stops them, `champion` leads to a whole model, the old one or the new.
    ///
    /// `previous` flips first, so that the way back is there before the way forward. The challenger's link goes last, and
    /// is no one's any more from the moment that it and `champion` agree.
    func changes(promoting id: String) throws(ModelFailure) -> [LinkChange] {
        // One that is champion already is pointed to again: it wakes a daemon that refused it, and it may be whole by now.
        let back = try championID.flatMap { $0 == id ? nil : [LinkChange.point(Self.previousLink, to: $0)] } ?? []
        return back + [.point(Self.championLink, to: id)] + (try leftover(of: id))
    }

    /// The other way round: until `champion` has flipped, `previous` is all that names the model to go back to.
    ///
    /// A rollback that was stopped before that can be asked for again; one that was stopped after it has gone back.
    func changes(rollingBackTo id: String) throws(ModelFailure) -> [LinkChange] {
        let forward = try championID.map { [LinkChange.point(Self.previousLink, to: $0)] } ?? []
        return [.point(Self.championLink, to: id)] + forward + (try leftover(of: id))
    }

    private func leftover(of id: String) throws(ModelFailure) -> [LinkChange] {
        try FolderLinks.target(of: models.appending(Self.challengerLink)) == id ? [.remove(Self.challengerLink)] : []
    }

    func apply(_ changes: [LinkChange]) throws(ModelFailure) {
        do throws(SystemFailure) {
            for change in changes {
                switch change {
                case .point(let link, let id): try FolderLinks.point(models.appending(link), to: id)
                case .remove(let link): try AtomicFile.remove(models.appending(link))
                }
            }
        } catch {
            throw ModelFailure(error)
        }
    }
}
