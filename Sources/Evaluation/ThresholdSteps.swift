// SPDX-License-Identifier: Apache-2.0
/// How many images each possible threshold calls disease: what every curve is drawn from.
///
/// One step for each different score, from the highest down; images with equal scores can't be told apart by any
/// threshold and fall together.
package struct ThresholdSteps: Sendable, Equatable {
    /// What one threshold calls disease.
    package struct Step: Sendable, Equatable {
        /// P(disease) at or above it is called disease.
        package let threshold: Double
        /// Images with disease that are called disease.
        package let truePositives: Int
        /// Normal images that are called disease.
        package let falsePositives: Int
    }

    /// From the highest threshold down.
    package let steps: [Step]
    /// Images with disease, called so or not.
    package let diseaseCount: Int
    package let normalCount: Int

    /// Sorts the scores once: n log n.
    package init(_ samples: ScoredSamples) {
        let order = samples.scores.indices.sorted { samples.scores[$0] > samples.scores[$1] }
        var steps: [Step] = []
        var (truePositives, falsePositives) = (0, 0)
        for (rank, place) in order.enumerated() {
            if samples.isDisease[place] { truePositives += 1 } else { falsePositives += 1 }
            let score = samples.scores[place]
            if rank + 1 < order.count, samples.scores[order[rank + 1]] == score { continue }
            steps.append(Step(threshold: score, truePositives: truePositives, falsePositives: falsePositives))
        }
        self.steps = steps
        diseaseCount = samples.diseaseCount
        normalCount = samples.normalCount
    }

    /// The counts at any threshold.
    package func matrix(at threshold: Double) -> ConfusionMatrix {
        // Binary search for the first step below the threshold: those before it are called disease.
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].threshold >= threshold { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? matrix(calledDisease: nil) : matrix(calledDisease: steps[low - 1])
    }

    private func matrix(calledDisease step: Step?) -> ConfusionMatrix {
        let (truePositives, falsePositives) = (step?.truePositives ?? 0, step?.falsePositives ?? 0)
        return ConfusionMatrix(
            truePositives: truePositives, falsePositives: falsePositives,
            trueNegatives: normalCount - falsePositives, falseNegatives: diseaseCount - truePositives)
    }
}
