// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Operations
internal import Settings
internal import SystemPackage

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Makes a state folder from a backup.",
        discussion: """
            The state folder must hold neither a ledger nor models: move the old one away first. Images that were judged after \
            the backup and still lie in the inbox are judged again; their verdicts are written anew.

                systemctl stop fundusd && mv /var/lib/fundusd /var/lib/fundusd.old
                fundusd restore /mnt/backup/fundusd-2026-11-25 --state /var/lib/fundusd
                chown -R fundusd: /var/lib/fundusd && systemctl start fundusd
            """)
    @Argument(help: ArgumentHelp("What `fundusd backup` made.", valueName: "folder")) var source: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        let settings = try Settings.resolved(folders)
        let copy = try StateCopy.restore(FilePath(source), to: settings)
        try StandardOutput.say("\(settings.state) holds \(copy.summary).")
    }
}
