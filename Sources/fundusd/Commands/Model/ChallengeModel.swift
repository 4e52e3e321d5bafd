// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ModelStore

struct ChallengeModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "challenge", abstract: "Makes a model the challenger, after verifying it.",
        discussion: """
            With `shadow: true` a running daemon lets it look at what the champion judges, without verdicts; \
            `fundusd model compare` shows where the two part, and `fundusd model promote challenger` lets it judge.
            """)
    @Argument(help: "The model.") var model: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let id = try store.resolve(model).record().id
            try store.keepChallenger(id)
            try StandardOutput.say("\(id) is the challenger.")
        }
    }
}
