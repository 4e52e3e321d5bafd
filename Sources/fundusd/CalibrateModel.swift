// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import ModelStore
internal import Settings
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

extension ModelFolder {
    /// Measures, and leaves the result beside the model.
    func calibrated(on holdout: FilePath) throws -> QuantizationCheck {
        let photographs = try HoldoutTensors(holdout)
        let measured = try calibrate(photographs.nextLabelled(as:))
        var quantization = measured.quantization
        let check = try QuantizationCheck(measured.outcomes, threshold: try record().threshold.value)
        quantization.check = check
        try keep(quantization)
        return check
    }
}

extension QuantizationCheck {
    /// - Throws: a `Refusal` where one class is absent.
    fileprivate init(_ outcomes: [ModelFolder.Outcome], threshold: Double) throws {
        let isDisease = outcomes.map(\.isDisease)
        let before = ThresholdSteps(try ScoredSamples(scores: outcomes.map(\.float32), isDisease: isDisease))
        let after = ThresholdSteps(try ScoredSamples(scores: outcomes.map(\.int8), isDisease: isDisease))
        guard let exact = ROCCurve(before), let rounded = ROCCurve(after) else {
            throw Refusal(
                .dataError,
                "no gradable photograph is left of one class: put some into disease/ and into normal/")
        }
        let matrices = (before.matrix(at: threshold), after.matrix(at: threshold))
        self.init(
            images: outcomes.count, threshold: threshold,
            changedVerdicts: outcomes.count { ($0.float32 >= threshold) != ($0.int8 >= threshold) },
            largestChange: outcomes.map { abs($0.float32 - $0.int8) }.max() ?? 0,
            areaUnderCurve: Pair(float32: exact.areaUnderCurve, int8: rounded.areaUnderCurve),
            sensitivity: Pair(
                float32: matrices.0.sensitivity.value ?? 0, int8: matrices.1.sensitivity.value ?? 0),
            specificity: Pair(
                float32: matrices.0.specificity.value ?? 0, int8: matrices.1.specificity.value ?? 0))
    }

    /// For a person.
    var summary: String {
        func change(_ pair: Pair) -> String { "\(Self.shown(pair.float32)) → \(Self.shown(pair.int8))" }
        let few =
            images < PrecisionCheck.fewestImages
            ? "; at least \(PrecisionCheck.fewestImages) images are needed to rely on that" : ""
        return """
            in int8 \(changedVerdicts) verdicts change on \(images) images at the threshold \(Self.shown(threshold)) \
            (P(disease) moves by \(Self.shown(largestChange)) at most); AUC \(change(areaUnderCurve)), sensitivity \
            \(change(sensitivity)), specificity \(change(specificity))\(few)
            """
    }

    private static func shown(_ value: Double) -> String { "\((value * 1e4).rounded() / 1e4)" }
}
