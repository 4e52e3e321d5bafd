// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage

/// The models under `STATE/models`, which of them judges, which did before, and which may come next.
///
/// `champion`, `previous` and `challenger` are links that change in one step; a model's folder never changes once it is
/// there.
package struct ModelStore: Sendable {
    /// The link to the model that judges.
    package static let championLink = "champion"
    /// The link to the champion before, for a rollback.
    package static let previousLink = "previous"
    /// The link to the model that looks on.
    package static let challengerLink = "challenger"

    /// `STATE/models`.
    package let models: FilePath

    /// - Parameter root: the state folder.
    package init(root: FilePath) { models = root.appending("models") }

    /// Where a model of this id lies, or would lie.
    package func folder(_ id: String) -> ModelFolder { ModelFolder(models.appending(id)) }

    /// What a model says of itself.
    ///
    /// - Throws: where there is none, or it can't be read.
    package func record(_ id: String) throws(ModelFailure) -> ModelRecord { try folder(id).record() }

    /// The ids of all whole models, oldest first.
    package func list() throws(ModelFailure) -> [String] {
        do throws(SystemFailure) {
            return try Folder(models).names().map(\.string).filter(ModelRecord.isIdentifier).sorted()
        } catch let error where error.code == .noSuchFileOrDirectory {
            return []
        } catch {
            throw ModelFailure(error)
        }
    }

    /// The model that judges, or nil where none has been imported or trained yet.
    package var championID: String? {
        get throws(ModelFailure) { try linked(Self.championLink) }
    }

    /// Of the champion's link itself, which each promotion makes anew, even one of the same model.
    package var championLinkSignature: FileSignature? {
        get throws(ModelFailure) { try ModelFolder.signature(of: models.appending(Self.championLink)) }
    }

    /// The model that judged before the champion.
    package var previousID: String? {
        get throws(ModelFailure) { try linked(Self.previousLink) }
    }

    /// The model that waits for a person to promote it; nil once it has been, even if its link outlived that.
    package var challengerID: String? {
        get throws(ModelFailure) {
            let (challenger, champion) = (try linked(Self.challengerLink), try championID)
            return challenger == champion ? nil : challenger
        }
    }

    /// The model that the daemon on this state judges by, or judged by last: the champion, unless it refused that.
    package var inServiceID: String? {
        get throws(ModelFailure) {
            try FolderLinks.target(of: inServiceLink).flatMap { FilePath($0).lastComponent?.string }
                .flatMap { ModelRecord.isIdentifier($0) ? $0 : nil }
        }
    }

    /// For the daemon alone.
    package func noteInService(_ id: String) throws(ModelFailure) {
        try ModelFolder.calling { () throws(SystemFailure) in
            try FolderLinks.point(inServiceLink, to: "\(models.lastComponent?.string ?? "")/\(id)")
        }
    }

    /// Beside the models' folder: who follows the champion is woken by each change inside.
    private var inServiceLink: FilePath { models.removingLastComponent().appending("in-service") }

    private func linked(_ name: String) throws(ModelFailure) -> String? {
        try FolderLinks.target(of: models.appending(name)).flatMap { ModelRecord.isIdentifier($0) ? $0 : nil }
    }

    /// The folder that a person means by an id, the unique beginning of one, the name of a link, or a path.
    package func resolve(_ text: String) throws(ModelFailure) -> ModelFolder {
        if text == Self.championLink, let id = try championID { return folder(id) }
        if text == Self.previousLink, let id = try previousID { return folder(id) }
        if text == Self.challengerLink, let id = try challengerID { return folder(id) }
        if text.contains("/") { return ModelFolder(FilePath(text)) }
        let matches = text.isEmpty ? [] : try list().filter { $0.hasPrefix(text) }
        if matches.count == 1 { return folder(matches[0]) }
        if matches.count > 1 {
            throw ModelFailure(
                .ambiguous, text, "may mean \(matches.joined(separator: ", "))", remedy: "write more of the id")
        }
        if !text.isEmpty, try ModelFolder.isFolder(FilePath(text)) { return ModelFolder(FilePath(text)) }
        throw ModelFailure(
            .missing, text, "names no model under \(models.string)",
            remedy: "see `fundusd model list`, or import one: `fundusd model import FILE`")
    }

    /// Checks hash, shapes, finiteness and self-test.
    @discardableResult
    package func verify(_ id: String) throws(ModelFailure) -> ModelRecord { try folder(id).verify().record }

    /// The folder of the model that is to judge.
    ///
    /// - Parameter name: as `resolve` takes it; nil is the champion.
    package func judge(named name: String?) throws(ModelFailure) -> ModelFolder {
        if let name { return try resolve(name) }
        guard let id = try championID else {
            throw ModelFailure(
                .missing, models.string, "has no champion: no model has been imported or trained yet",
                remedy: "import one: `fundusd model import --positive-class normal model.pth`")
        }
        return folder(id)
    }
}
