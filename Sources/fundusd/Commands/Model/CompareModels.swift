// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ModelStore
internal import Operations
internal import Settings
internal import WrittenText

struct CompareModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Shows where a challenger would have judged otherwise.",
        discussion: """
            With `shadow: true` the running daemon lets the store's challenger look at what the champion judges, without \
            verdicts. Each model calls disease what its own threshold, or the configured one, says. Agreement is not worth: \
            whether the challenger is better, only images whose class is known can tell (`fundusd evaluate`).
            """)
    @Argument(help: "The model that looked on.") var model = ModelStore.challengerLink
    @Option(help: ArgumentHelp("The model that judged.", valueName: "model")) var champion = ModelStore.championLink
    @Option(help: ArgumentHelp("So many disagreements are listed.", valueName: "count")) var limit = 20
    @Flag(help: "Print JSON, with all disagreements.") var json = false
    @OptionGroup(title: "Folders") var folders: FolderOptions
    @OptionGroup(title: "Judging") var judging: JudgingOptions

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit takes a number of images, 0 or more.") }
    }

    func run() throws {
        let settings = try Settings.resolved(folders, judging.texts)
        try withStore(settings) { _ in
            let comparison = try ModelComparison(of: model, beside: champion, settings)
            try StandardOutput.say(json ? SortedJSON.text(comparison) : comparison.text(limit: limit))
        }
    }
}
