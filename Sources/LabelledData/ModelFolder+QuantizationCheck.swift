// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import LinuxIO
package import ModelStore
package import SystemPackage

extension ModelFolder {
    /// Measures what the network needs to compute in int8, and leaves the result beside the model.
    ///
    /// - Parameter holdout: photographs in `disease/` and `normal/` that it did not learn from.
    /// - Throws: a `Refusal` or a `ModelFailure`.
    package func calibrated(on holdout: FilePath) throws -> QuantizationCheck {
        let photographs = try HoldoutTensors(holdout)
        let measured = try calibrate(photographs.nextLabelled(as:))
        var quantization = measured.quantization
        let check = try QuantizationCheck(measured.outcomes, threshold: try record().threshold.value)
        quantization.check = check
        try keep(quantization)
        return check
    }
}

extension NewModel {
    /// The same of a model that is not written yet: the result is written with it.
    ///
    /// - Parameter threshold: that it will judge by.
    package mutating func calibrate(
        at threshold: Double, on photographs: CalibratedJudge.Photographs
    ) throws -> QuantizationCheck {
        let measured = try calibrate(photographs)
        let check = try QuantizationCheck(measured.outcomes, threshold: threshold)
        quantization = measured.quantization
        quantization?.check = check
        return check
    }
}

extension QuantizationCheck {
    /// - Throws: a `Refusal` where one class is absent.
    fileprivate init(_ outcomes: [CalibratedJudge.Outcome], threshold: Double) throws {
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
    package var summary: String {
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
