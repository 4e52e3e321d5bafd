// SPDX-License-Identifier: Apache-2.0
// In: P(disease) and the true class of each image, optionally the person; a threshold, a sensitivity to aim at, a seed.
// Out: curves, intervals, calibration, thresholds and what they cost. Opens no file, draws nothing.
// Called by `fundusd evaluate` and by retraining, which compares a challenger with the champion.

/// Everything that is measured on one set of images. Positive means disease in every figure.
package struct EvaluationFigures: Sendable {
    package let samples: ScoredSamples
    package let steps: ThresholdSteps
    /// P(disease) at or above it is called disease.
    package let threshold: Double
    package let matrix: ConfusionMatrix
    /// Nil where a class is absent.
    package let roc: ROCCurve?
    /// DeLong's; nil where it says nothing: see `DeLongInterval`.
    package let areaUnderCurveInterval: Interval?
    /// Nil where no image has disease.
    package let precisionRecall: PrecisionRecallCurve?
    /// By person where people are known, else by image.
    package let bootstrap: GroupBootstrap
    package let calibration: Calibration
    package let temperature: TemperatureScaling
    /// With temperatures fitted on the other half of the people; nil where there is no other half.
    package let calibrationAfterScaling: Calibration?
    /// Nil where no image has disease.
    package let choice: ThresholdChoice?
    /// The choice tried on people it was not made on, both ways round.
    package let heldOutChoices: [HeldOutThreshold]
    package let decisions: [Decision]

    /// What one threshold would do.
    package struct Decision: Sendable, Equatable {
        package let threshold: Double
        package let matrix: ConfusionMatrix
    }

    /// What the figures are asked for.
    package struct Question: Sendable, Equatable {
        /// P(disease) at or above it is called disease.
        package var threshold: Double
        /// A threshold is looked for that reaches this sensitivity, 0…1.
        package var targetSensitivity: Double
        /// How often people are drawn anew for the intervals.
        package var bootstrapReplicates: Int

        package init(threshold: Double, targetSensitivity: Double = 0.95, bootstrapReplicates: Int = 2000) {
            self.threshold = threshold
            self.targetSensitivity = targetSensitivity
            self.bootstrapReplicates = bootstrapReplicates
        }
    }

    /// - Parameter generator: draws people for the intervals and the halves; the same one gives the same figures.
    package init(
        _ samples: ScoredSamples, _ question: Question, using generator: inout some RandomNumberGenerator
    ) {
        let steps = ThresholdSteps(samples)
        self.samples = samples
        self.steps = steps
        threshold = question.threshold
        matrix = steps.matrix(at: question.threshold)
        roc = ROCCurve(steps)
        areaUnderCurveInterval = roc.flatMap {
            DeLongInterval.interval(samples, areaUnderCurve: $0.areaUnderCurve)
        }
        precisionRecall = PrecisionRecallCurve(steps)
        bootstrap = GroupBootstrap(
            samples, threshold: question.threshold, replicates: question.bootstrapReplicates, using: &generator)
        calibration = Calibration(samples)
        temperature = TemperatureScaling(fittedTo: samples)
        let halves = SampleHalves(samples, using: &generator)
        calibrationAfterScaling = TemperatureScaling.crossFitted(samples, halves).map(Calibration.init)
        choice = ThresholdChoice(reaching: question.targetSensitivity, steps)
        heldOutChoices = HeldOutThreshold.bothWays(reaching: question.targetSensitivity, halves)
        decisions = Self.decisions(steps, including: [question.threshold, choice?.threshold].compactMap(\.self))
    }

    /// Round thresholds, and those that matter here, in order.
    private static func decisions(_ steps: ThresholdSteps, including special: [Double]) -> [Decision] {
        let round = (1..<10).map { Double($0) / 10 }
        return Set(round + [0.05, 0.95] + special).sorted().map {
            Decision(threshold: $0, matrix: steps.matrix(at: $0))
        }
    }
}
