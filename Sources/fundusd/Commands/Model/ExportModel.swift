// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import LinuxIO
internal import ModelStore
internal import SystemPackage

struct ExportModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a model's weights to a .safetensors file.")
    @Argument(help: "The model.") var model: String
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file")) var output: String
    @Flag(help: "Half precision: half the size.") var half = false
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let folder = try store.resolve(model)
            do {
                try store.export(folder, to: FilePath(output), weightType: half ? .f16 : .f32)
            } catch let failure as ModelFailure where isAboutOutput(failure) {
                throw Refusal(.cannotCreate, "\(output): \(failure.message); \(failure.remedy)")
            }
        }
    }

    /// The file is written under a temporary name in the same folder; all else that can fail is the model's.
    private func isAboutOutput(_ failure: ModelFailure) -> Bool {
        FilePath(failure.path).removingLastComponent() == FilePath(output).removingLastComponent()
    }
}
