// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import LabelledData
internal import ModelStore
internal import SystemPackage

struct HalveModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "halve", abstract: "Makes a folder with the same model in half precision, to be given away.",
        discussion: """
            Half the size. The weights are rounded, so it is a model of its own, with another id; what was measured is \
            the whole model's. The list of images that it learned from stays behind: their names are somebody's. \
            `fundusd model import FOLDER` takes it in.
            """)
    @Argument(help: "The model.") var model: String
    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to make.", valueName: "folder")) var output: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let record = try store.halve(
                try store.resolve(model), at: FilePath(output), leavingOut: [ImageManifest.fileName], date: Date())
            try StandardOutput.say("\(record.id) in \(output)")
        }
    }
}
