// SPDX-License-Identifier: Apache-2.0
/// What share of those called disease has it (PPV), against what share of the disease is caught (sensitivity).
package struct PrecisionRecallCurve: Sendable, Equatable {
    /// What one threshold gives.
    package struct Point: Sendable, Equatable {
        /// P(disease) at or above it is called disease.
        package let threshold: Double
        /// PPV.
        package let precision: Double
        /// Sensitivity.
        package let recall: Double
    }

    /// One point for each different score, from the highest threshold down.
    package let points: [Point]
    /// Σ (recallₙ − recallₙ₋₁) · precisionₙ, scikit-learn's `average_precision_score`: no line is drawn between points.
    package let averagePrecision: Double
    /// The precision of a model that guesses: the share of disease.
    package let prevalence: Double

    /// Nil where no image has disease.
    package init?(_ steps: ThresholdSteps) {
        guard steps.diseaseCount > 0 else { return nil }
        let disease = Double(steps.diseaseCount)
        points = steps.steps.map {
            Point(
                threshold: $0.threshold,
                precision: Double($0.truePositives) / Double($0.truePositives + $0.falsePositives),
                recall: Double($0.truePositives) / disease)
        }
        var (sum, recall) = (0.0, 0.0)
        for point in points {
            sum += (point.recall - recall) * point.precision
            recall = point.recall
        }
        averagePrecision = sum
        prevalence = disease / Double(steps.diseaseCount + steps.normalCount)
    }
}
