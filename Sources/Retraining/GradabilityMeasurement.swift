// SPDX-License-Identifier: Apache-2.0
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

    /// The share of good pictures that may be refused, of all and of each source that has enough to say.
    private static let mostRefused = 0.02
    private static let fewestOfSource = 50
    /// For a threshold that means anything.
    private static let fewestGradable = 10

    /// - Parameter logits: of gradable, for each image held out.
    init(_ holdout: [TrainingImages.Example], logits: [Float]) throws {
        let isGradable = holdout.map(\.label.isGradable)
        // The same function as for disease: a logit that speaks for what is asked for.
        let scores = logits.map { Probability.ofDisease(logit: Double($0), positiveClass: .disease) }
        gradableCount = isGradable.count { $0 }
        ungradableCount = holdout.count - gradableCount
        let threshold = gradableCount >= Self.fewestGradable ? Self.threshold(holdout, scores) ?? 0.5 : 0.5
        self.threshold = threshold
        gradableRefused = zip(scores, isGradable).count { $0 < threshold && $1 }
        ungradableFound = zip(scores, isGradable).count { $0 < threshold && !$1 }
        areaUnderCurve =
            holdout.isEmpty
            ? nil
            : ROCCurve(ThresholdSteps(try ScoredSamples(scores: scores, isDisease: isGradable)))?.areaUnderCurve
    }

    /// The highest that refuses few enough of all pictures and of each large source: a source whose pictures are easy must not
    /// hide that another's are refused.
    private static func threshold(_ holdout: [TrainingImages.Example], _ scores: [Double]) -> Double? {
        let sources = Dictionary(grouping: holdout.indices) { holdout[$0].source }.values
        let large = sources.filter { $0.count { holdout[$0].label.isGradable } >= fewestOfSource }
        return (large + [Array(holdout.indices)]).compactMap { places in
            RefusalThreshold(
                refusingAtMost: mostRefused, scores: places.map { scores[$0] },
                isGradable: places.map { holdout[$0].label.isGradable })?.value
        }.min()
    }

    /// As `model.json` keeps it.
    package var record: ModelRecord.Gradability {
        ModelRecord.Gradability(
            threshold: threshold, areaUnderCurve: areaUnderCurve,
            ungradableFound: Proportion(ungradableFound, of: ungradableCount).value,
            gradableRefused: Proportion(gradableRefused, of: gradableCount).value)
    }
}
