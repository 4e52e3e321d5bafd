// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Evaluation
internal import FoundationEssentials
internal import ModelStore
internal import Retraining

struct ShowModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Prints a model's model.json.",
        discussion: "Its figures on the hold-out are there, and the promotion gate's decision where it made one.")
    @Argument(help: "The model.") var model = ModelStore.championLink
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let folder = try store.resolve(model)
            let shown = ShownModel(record: try folder.record(), decision: try folder.decision())
            try StandardOutput.say(String(decoding: try ModelRecord.encoder().encode(shown), as: UTF8.self))
        }
    }
}

/// A record, and what the promotion gate decided about its model.
private struct ShownModel: Encodable {
    let record: ModelRecord
    let decision: GateDecision?

    private enum CodingKeys: CodingKey {
        case decision
    }

    func encode(to encoder: any Encoder) throws {
        try record.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(decision, forKey: .decision)
    }
}
