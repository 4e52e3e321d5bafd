// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import LinuxIO
internal import ModelStore
internal import Settings
internal import Verdict

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract:
            "The model store: list, show, import, export, promote, rollback, verify, calibrate, prune, challenge, compare.",
        discussion: """
            Models live under STATE/models. One of them, the champion, judges. A model is named by its id, the beginning \
            of it, `champion`, `previous`, `challenger`, or a folder.
            """,
        subcommands: [
            ListModels.self, ShowModel.self, ImportModel.self, ExportModel.self, HalveModel.self, PromoteModel.self,
            RollBackModel.self, CalibrateModel.self,
            VerifyModel.self, PruneModels.self, ChallengeModel.self, CompareModels.self,
        ])
}

/// Runs a verb's work on the store and turns its failures into exit statuses.
func withStore(_ folders: FolderOptions, _ body: (ModelStore) throws -> Void) throws {
    try withStore(try Settings.resolved(folders), body)
}

/// The same for a verb with settings of its own.
func withStore(_ settings: Settings, _ body: (ModelStore) throws -> Void) throws {
    try settings.prepareComputing()
    do {
        try body(ModelStore(root: settings.state))
    } catch let failure as ModelFailure {
        throw Refusal(failure.exitStatus, failure.description)
    }
}
