// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import LinuxIO
internal import Operations
internal import Settings
internal import WrittenText

struct PerformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "performance",
        abstract: "Shows how often the program is right where it works, from what people answered.",
        discussion: """
            With `review: true`, some pictures are put into review/ for a person to look at, each with a known probability; \
            who moves one into labelled/disease, labelled/normal or labelled/ungradable has answered. Each answer counts \
            as many pictures as it stands for, so that looking at more of the diseased than of the normals does not make \
            the program look better than it is.
            """)
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        let settings = try Settings.resolved(folders)
        guard let performance = try settings.servicePerformance() else {
            throw Refusal(.noInput, "\(settings.ledgerPath): there is none; nothing was ever screened here")
        }
        let document = PerformanceDocument(performance)
        try StandardOutput.say(json ? SortedJSON.text(document) : PerformanceText(document: document).text)
    }
}
