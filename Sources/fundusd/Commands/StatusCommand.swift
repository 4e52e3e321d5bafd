// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Operations
internal import Settings
internal import WrittenText

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the queue, counts, the model, the last verdict and retraining.",
        discussion: "Reads the ledger and the inbox; works while the daemon runs and while it does not.")

    @Flag(help: "Print JSON.")
    var json = false
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        let settings = try Settings.resolved(folders)
        let report = try StatusReport(settings)
        try StandardOutput.say(json ? SortedJSON.text(report) : report.text)
    }
}
