// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import LabelledData
internal import ModelStore
internal import SystemPackage

struct CalibrateModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate", abstract: "Measures on labelled photographs what a model needs to compute in int8.",
        discussion: """
            How large the values inside the network get, and what int8 makes of P(disease): verdicts that change, the area \
            under the ROC curve, sensitivity and specificity at the model's threshold. Take photographs that the model did not \
            learn from, such as its hold-out, at least 100. The result lies beside the model, in quantization.json, and another \
            calibration replaces it; `precision: auto` goes by it from the next start on.
            """)
    @Argument(help: "The model.") var model = ModelStore.championLink
    @Option(help: ArgumentHelp("Photographs in disease/ and normal/.", valueName: "folder")) var holdout: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let folder = try store.resolve(model)
            try StandardOutput.say(try folder.calibrated(on: FilePath(holdout)).summary)
        }
    }
}
