// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import LinuxIO
internal import SystemPackage

extension ModelStore {
    /// Removes old models; the champion, the previous one, the challenger and so many more of the newest stay.
    ///
    /// Base networks stay, since training may start from one, and so does what can't be read: a person should look first.
    ///
    /// - Parameter now: what a killed process left half made is removed when it is a day older than this.
    /// - Returns: the ids of the models that are gone.
    @discardableResult
    package func prune(keeping count: Int, now: Date) throws(ModelFailure) -> [String] {
        precondition(count >= 0, "a number of models")
        var judges: [(id: String, record: ModelRecord)] = []
        for id in try list() where try !hasAlias(id) {
            if let record = try? record(id), record.role == .judge { judges.append((id, record)) }
        }
        judges.sort { ($0.record.createdAt, $0.id) < ($1.record.createdAt, $1.id) }
        var removed: [String] = []
        for (id, _) in judges.dropLast(count) {
            try change { store throws(ModelFailure) in
                // Asked again under the lock: meanwhile somebody may have promoted it.
                guard try !store.hasAlias(id) else { return }
                try store.remove(id)
                removed.append(id)
            }
        }
        try removeAbandoned(before: now.addingTimeInterval(-86400))
        return removed
    }

    private func hasAlias(_ id: String) throws(ModelFailure) -> Bool {
        [try championID, try previousID, try challengerID, try inServiceID].contains(id)
    }

    /// The name first: a crash in between leaves a folder that no one takes for a model.
    private func remove(_ id: String) throws(ModelFailure) {
        let gone = ModelFolder(models.appending(".\(id).\(UInt64.random(in: 0 ... .max))\(ModelFolder.partialSuffix)"))
        try ModelFolder.calling { () throws(SystemFailure) in
            try AtomicFile.rename(folder(id).path, to: gone.path)
            try AtomicFile.synchronizeFolder(of: gone.path)
            try gone.remove()
        }
    }

    /// Half-made and half-removed models of killed processes, and links that were not yet renamed into their place.
    private func removeAbandoned(before limit: Date) throws(ModelFailure) {
        let nanoseconds = Int64(limit.timeIntervalSince1970 * 1e9)
        do throws(SystemFailure) {
            for (name, status) in try Folder(models).entries()
            where name.string.hasPrefix(".") && status.signature.changed < nanoseconds {
                switch status.kind {
                case .folder where name.string.hasSuffix(ModelFolder.partialSuffix):
                    try ModelFolder(models.appending(name)).remove()
                case .link where FolderLinks.isUnfinished(name.string): try AtomicFile.remove(models.appending(name))
                default: continue
                }
            }
        } catch let error where error.isGone {
            return
        } catch {
            throw ModelFailure(error)
        }
    }
}
