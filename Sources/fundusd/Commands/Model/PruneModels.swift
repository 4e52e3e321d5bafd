// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import ModelStore

struct PruneModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Removes old models.",
        discussion: """
            The champion, the previous model, the challenger and base networks always stay, and so many of the newest more \
            as --keep says.
            """)
    @Option(help: ArgumentHelp("How many more models stay.", valueName: "count")) var keep = 5
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func validate() throws {
        guard keep >= 0 else { throw ValidationError("--keep takes a number of models, 0 or more.") }
    }

    func run() throws {
        try withStore(folders) { store in
            for id in try store.prune(keeping: keep, now: Date()) { try StandardOutput.say("\(id) is removed.") }
        }
    }
}
