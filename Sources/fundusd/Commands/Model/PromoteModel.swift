// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ModelStore

struct PromoteModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Makes a model the champion, after verifying it.",
        discussion: """
            A running daemon loads it beside the old one and lets it take over between two images; the journal says so, or \
            why it refused.
            """)
    @Argument(help: "The model.") var model: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let record = try store.promote(try store.resolve(model))
            try StandardOutput.say("\(record.id) is the champion.")
        }
    }
}
