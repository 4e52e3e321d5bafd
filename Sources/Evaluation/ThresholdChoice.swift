// SPDX-License-Identifier: Apache-2.0
/// The threshold for a sensitivity that is asked for, and what it costs.
package struct ThresholdChoice: Sendable, Equatable {
    /// The sensitivity asked for.
    package let target: Double
    /// P(disease) at or above it is called disease.
    package let threshold: Double
    /// On the images that the threshold was chosen on.
    package let matrix: ConfusionMatrix

    /// The highest threshold whose sensitivity on these images is at least `target`; nil where no image has disease.
    ///
    /// Chosen and measured on the same images, the sensitivity is flattered: see `HeldOutThreshold`.
    package init?(reaching target: Double, _ steps: ThresholdSteps) {
        precondition(0...1 ~= target, "a sensitivity is 0…1")
        guard steps.diseaseCount > 0 else { return nil }
        let disease = Double(steps.diseaseCount)
        guard let step = steps.steps.first(where: { Double($0.truePositives) / disease >= target }) else { return nil }
        self.target = target
        threshold = step.threshold
        matrix = steps.matrix(at: step.threshold)
    }
}

/// A threshold chosen on one half of the people, measured on the other: what to expect of it.
package struct HeldOutThreshold: Sendable, Equatable {
    package let choice: ThresholdChoice
    /// On the other half.
    package let matrix: ConfusionMatrix

    /// Both ways round; empty where a half has no image with disease.
    package static func bothWays(reaching target: Double, _ halves: SampleHalves) -> [HeldOutThreshold] {
        guard let first = halves.first, let second = halves.second else { return [] }
        return [(first, second), (second, first)].compactMap { chosenOn, measuredOn in
            ThresholdChoice(reaching: target, ThresholdSteps(chosenOn)).map {
                HeldOutThreshold(choice: $0, matrix: ThresholdSteps(measuredOn).matrix(at: $0.threshold))
            }
        }
    }
}
