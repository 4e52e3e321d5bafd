// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ModelStore

struct RollBackModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Makes the previous model the champion again.",
        discussion: """
            A running daemon loads it beside the old one and lets it take over between two images; the journal says so, or \
            why it refused.
            """)
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { try StandardOutput.say("\(try $0.rollback()) is the champion.") }
    }
}
