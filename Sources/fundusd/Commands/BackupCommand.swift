// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Operations
internal import Settings
internal import SystemPackage

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the ledger and the models to a folder, while the daemon runs.",
        discussion: """
            The folder appears whole or not at all. It holds no images: neither the inbox nor the archive nor the outbox. \
            `fundusd restore FOLDER` makes a state folder of it again.

                fundusd backup /mnt/backup/fundusd-$(date +%F)
            """)
    @Argument(help: ArgumentHelp("The folder to be made; it must not be there yet.", valueName: "folder")) var target:
        String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        let path = FilePath(target)
        let copy = try StateCopy.backUp(try Settings.resolved(folders), to: path)
        try StandardOutput.say("\(path) holds \(copy.summary).")
    }
}
