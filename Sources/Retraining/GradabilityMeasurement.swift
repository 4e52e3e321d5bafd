internal import Evaluation
internal import LabelledData
package import ModelStore

/// What the hold-out tells of a network's second output.
package struct GradabilityMeasurement: Sendable, Equatable {
    /// P(gradable) below it is ungradable.
    package let threshold: Double
    /// Nil where one of the two classes is absent.
    package let areaUnderCurve: Double?
    package let gradableCount: Int
    package let ungradableCount: Int
    /// Gradable pictures below the threshold.
    package let gradableRefused: Int
    /// Ungradable ones below it.
    package let ungradableFound: Int

    /// The share of good pictures that may be refused.
    private static let mostRefused = 0.02
    /// For a threshold that means anything.
    private static let fewestGradable = 10

    /// - Parameter logits: of gradable, for each image held out.
    init(_ holdout: [TrainingImages.Example], logits: [Float]) throws {
        let isGradable = holdout.map(\.label.isGradable)
        // The same function as for disease: a logit that speaks for what is asked for.
        let scores = logits.map { Probability.ofDisease(logit: Double($0), positiveClass: .disease) }
        gradableCount = isGradable.count { $0 }
        ungradableCount = holdout.count - gradableCount
        let choice =
            gradableCount >= Self.fewestGradable
            ? RefusalThreshold(refusingAtMost: Self.mostRefused, scores: scores, isGradable: isGradable) : nil
        let threshold = choice?.value ?? 0.5
        self.threshold = threshold
        gradableRefused = zip(scores, isGradable).count { $0 < threshold && $1 }
        ungradableFound = zip(scores, isGradable).count { $0 < threshold && !$1 }
        areaUnderCurve =
            holdout.isEmpty
            ? nil
            : ROCCurve(ThresholdSteps(try ScoredSamples(scores: scores, isDisease: isGradable)))?.areaUnderCurve
    }

    /// As `model.json` keeps it.
    package var record: ModelRecord.Gradability {
        ModelRecord.Gradability(
            threshold: threshold, areaUnderCurve: areaUnderCurve,
            ungradableFound: Proportion(ungradableFound, of: ungradableCount).value,
            gradableRefused: Proportion(gradableRefused, of: gradableCount).value)
    }
}
