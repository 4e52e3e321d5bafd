internal import LinuxIO
internal import SystemPackage

extension ModelStore {
    /// Makes a verified model the champion; the one before stays reachable as `previous`.
    ///
    /// `previous` flips first: a crash in between leaves the old champion in office.
    package func promote(_ id: String) throws(ModelFailure) {
        let record = try verify(id)
        guard record.role == .judge else {
            throw ModelFailure(
                .notJudgeable, folder(id).path.string, "is a base network and has no verdict to give",
                remedy: "train from it, or promote a model with one output")
        }
        guard let current = championID else { return try point(Self.championLink, to: id) }
        if current == id { return }
        try point(Self.previousLink, to: current)
        try point(Self.championLink, to: id)
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
    /// - Returns: the id of the new champion.
    @discardableResult
    package func rollback() throws(ModelFailure) -> String {
        guard let previous = previousID, previous != championID else {
            throw ModelFailure(
                .missing, models.string, "has no earlier model to roll back to", remedy: "see `fundusd model list`")
        }
        try promote(previous)
        return previous
    }

    private func point(_ link: String, to id: String) throws(ModelFailure) {
        do throws(SystemFailure) {
            try FolderLinks.point(models.appending(link), to: id)
        } catch {
            throw ModelFailure(error)
        }
    }
}
