// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Operations
internal import Settings

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tells what happened to one image.",
        discussion: """
            Names an image as it lies, or lay, in the inbox (with or without the inbox's own path), or by the SHA-256 of \
            its content (the first 8 digits are enough). Exits 66 when nothing is known of it.
            """)

    @Argument(help: ArgumentHelp("A file's name, or a SHA-256.", valueName: "file|sha256"))
    var image: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try StandardOutput.say(try ImageExplanation(of: image, try Settings.resolved(folders)).text)
    }
}
