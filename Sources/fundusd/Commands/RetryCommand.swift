// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Operations
internal import Settings

struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Tries an image again that was set aside because it crashed the program.",
        discussion: """
            Without a name, tries all that are set aside; `fundusd status` counts them, and `fundusd retry --list` names \
            them. A running daemon looks at them within 5 seconds, alone and after others; one more crash \
            sets an image aside again. What waits because of a full disk or the like is tried again by itself.
            """)

    @Argument(
        help: ArgumentHelp(
            "The image, as it lies in the inbox; all that are set aside, if none is named.", valueName: "file"))
    var image: String?
    @Flag(help: "Only name what is set aside.")
    var list = false
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        let settings = try Settings.resolved(folders)
        let lines = list ? try SetAsideImages.names(settings) : try SetAsideImages.retry(image, settings)
        for line in lines { try StandardOutput.say(line) }
    }
}
