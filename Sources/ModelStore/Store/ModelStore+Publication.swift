// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import LinuxIO
internal import SystemPackage

/// What a model is to become in the moment in which it appears.
package enum ModelAlias: Sendable {
    case champion
    /// Waits for a person to promote it.
    case challenger
}

/// What became of a model that was to get an alias.
package struct ModelSuccession: Sendable {
    package let record: ModelRecord
    package let hasAlias: Bool
    /// Who was champion when the model appeared.
    package let earlierChampion: String?
}

extension ModelStore {
    /// Keeps a model; it becomes the champion if it can judge and there is none.
    ///
    /// - Parameter date: goes into the id and the record; the clock is the caller's.
    @discardableResult
    package func publish(_ model: NewModel, date: Date) throws(ModelFailure) -> ModelRecord {
        try publish(model, date: date, as: .champion, ifChampionIs: nil).record
    }

    /// Keeps a model; it gets the alias if it can judge, and if the champion is still the one that it was compared with.
    ///
    /// Hours lie between a comparison and its end, and meanwhile a person may have promoted or rolled back. So the champion
    /// is looked at again under the lock without which nobody changes it.
    ///
    /// - Parameters:
    ///   - alias: nil where the model is only kept.
    ///   - compared: the champion's id; nil where there was none.
    ///   - overtaken: given who is champion instead, what then stands in the place of the attachment of its name.
    package func publish(
        _ model: NewModel, date: Date, as alias: ModelAlias?, ifChampionIs compared: String?,
        overtaken: (String?) throws(ModelFailure) -> ModelAttachment? = { _ in nil }
    ) throws(ModelFailure) -> ModelSuccession {
        let finished = try model.finished(date: date, path: model.source?.file ?? models.string)
        let record = finished.record
        try ModelFolder.calling { () throws(SystemFailure) in try AtomicFile.makeFolder(models) }
        if let present = try folder(record.id).recordIfThere(), present.sha256 == record.sha256 {
            throw ModelFailure(
                .ambiguous, folder(record.id).path.string, "is there already, with the same weights",
                remedy: "judge by it: `fundusd model promote \(record.id)`; to import the weights with another "
                    + "--positive-class or --normal-class, remove that folder first")
        }
        // Only what is verified gets an alias, and that takes too long to be done under the lock, or for nothing.
        let champion = try championID
        let alias = record.role == .judge && (compared != nil || champion == nil) ? alias : nil
        return try take(record, as: alias, ifChampionIs: compared, overtaken: overtaken) { half throws(ModelFailure) in
            try ModelFolder.calling { () throws(SystemFailure) in try finished.writeFiles(to: half) }
            if alias != nil { try half.verify() }
        }
    }

    /// Has a model's folder appear, and the model get its alias with it.
    ///
    /// - Parameter fill: leaves a verified model in the folder, where it is to get an alias.
    func take(
        _ record: ModelRecord, as alias: ModelAlias?, ifChampionIs compared: String?,
        overtaken: (String?) throws(ModelFailure) -> ModelAttachment? = { _ in nil },
        fill: (ModelFolder) throws(ModelFailure) -> Void
    ) throws(ModelFailure) -> ModelSuccession {
        var succession: ModelSuccession?
        try folder(record.id).publish(fill) { half throws(ModelFailure) in
            try change { store throws(ModelFailure) in
                let champion = try store.championID
                let isOvertaken = champion != compared
                if isOvertaken, let attachment = try overtaken(champion) { try half.replace(attachment) }
                try half.move(to: store.folder(record.id))
                if let alias, !isOvertaken { try store.apply(try store.changes(giving: alias, to: record.id)) }
                succession = ModelSuccession(
                    record: record, hasAlias: alias != nil && !isOvertaken, earlierChampion: champion)
            }
        }
        guard let succession else { preconditionFailure("a folder that appears does so under the lock") }
        return succession
    }

    private func changes(giving alias: ModelAlias, to id: String) throws(ModelFailure) -> [LinkChange] {
        switch alias {
        case .champion: try changes(promoting: id)
        case .challenger: [.point(Self.challengerLink, to: id)]
        }
    }
}

extension ModelFolder {
    /// For a folder that nobody has seen yet: a model's own never changes.
    fileprivate func replace(_ attachment: ModelAttachment) throws(ModelFailure) {
        try Self.calling { () throws(SystemFailure) in
            try AtomicFile.write(attachment.bytes, to: path.appending(attachment.name))
        }
    }
}
