// SPDX-License-Identifier: Apache-2.0
package import Evaluation
internal import LabelledData
internal import ModelStore
package import ResNet

/// What a training gives: the network, calibrated where the hold-out allows it, and what it is worth.
package struct TrainedNetwork: Sendable {
    /// With a head that gives calibrated logits of disease.
    package let parameters: ResNet50Parameters
    package let history: TrainingHistory
    /// What the head's logits were divided by; nil where the hold-out is too small to say.
    package let temperature: Double?
    /// P(disease) of each image held out whose class is known, after calibration.
    package let holdoutProbabilities: [Double]
    /// What the hold-out tells of the calibrated network; nil where there is none, or one of a single class.
    package let figures: EvaluationFigures?
    /// What it tells of the second output, of a network that has one.
    package let gradability: GradabilityMeasurement?

    /// Of each class, for a temperature and a threshold that mean anything.
    private static let fewestOfEachClass = 10
    private static let targetSensitivity = 0.95

    /// - Parameters:
    ///   - logits: of disease, for each image held out.
    ///   - gradabilityLogits: of gradable; nil where there are none, or no images.
    init(
        parameters: ResNet50Parameters, history: TrainingHistory, holdout all: [TrainingImages.Example],
        logits allLogits: [Float], gradabilityLogits: [Float]? = nil
    ) throws {
        self.history = history
        gradability =
            parameters.layout.outputs == 2
            ? try GradabilityMeasurement(all, logits: gradabilityLogits ?? []) : nil
        let judged = all.indices.filter { all[$0].label.isDisease != nil }
        let (holdout, logits) = (judged.map { all[$0] }, judged.map { allLogits[$0] })
        let disease = holdout.count { $0.label == .disease }
        guard min(disease, holdout.count - disease) >= Self.fewestOfEachClass else {
            (self.parameters, temperature, figures) = (parameters, nil, nil)
            holdoutProbabilities = Self.probabilities(logits.map { Double($0) })
            return
        }
        let raw = try Self.samples(logits.map { Double($0) }, holdout)
        let scaling = TemperatureScaling(fittedTo: raw)
        temperature = scaling.isAtLimit ? nil : scaling.temperature
        let divisor = temperature ?? 1
        self.parameters = parameters.dividingLogits(by: divisor)
        let samples = try Self.samples(logits.map { Double($0) / divisor }, holdout)
        holdoutProbabilities = samples.scores
        var generator = SplitMix64(seed: 0)
        figures = EvaluationFigures(
            samples, .init(threshold: Self.threshold(samples), targetSensitivity: Self.targetSensitivity),
            using: &generator)
    }

    private static func samples(_ logits: [Double], _ holdout: [TrainingImages.Example]) throws -> ScoredSamples {
        try ScoredSamples(
            scores: probabilities(logits), isDisease: holdout.map { $0.label == .disease },
            groups: holdout.map { String($0.group) }
        )
    }

    private static func probabilities(_ logits: [Double]) -> [Double] {
        logits.map { Probability.ofDisease(logit: $0, positiveClass: .disease) }
    }

    /// The threshold that reaches the sensitivity that a screening program asks for, on the hold-out.
    private static func threshold(_ samples: ScoredSamples) -> Double {
        threshold(reaching: targetSensitivity, samples)
    }

    /// Halfway between the lowest score that must count as disease and the next: the last digit of a score, which another
    /// instruction set may round otherwise, decides nothing. Strictly inside 0…1.
    static func threshold(reaching sensitivity: Double, _ samples: ScoredSamples) -> Double {
        guard let choice = ThresholdChoice(reaching: sensitivity, ThresholdSteps(samples)) else { return 0.5 }
        let below = samples.scores.filter { $0 < choice.threshold }.max() ?? 0
        return min(max((choice.threshold + below) / 2, 1e-9), 1 - 1e-9)
    }
}

extension ResNet50Parameters {
    /// A temperature of the first output, put into the head: σ((w·x + b)/T) = σ((w/T)·x + b/T).
    func dividingLogits(by temperature: Double) -> ResNet50Parameters {
        var scaled = self
        for name in ["fc.weight", "fc.bias"] {
            var values = Array(self[name])
            for place in 0..<values.count / (layout.outputs ?? 1) {
                values[place] = Float(Double(values[place]) / temperature)
            }
            scaled[name] = values[...]
        }
        return scaled
    }
}
