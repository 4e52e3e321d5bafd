// SPDX-License-Identifier: Apache-2.0
/// What became of the images at one threshold. Positive means disease.
package struct ConfusionMatrix: Sendable, Equatable {
    /// Disease, called disease.
    package let truePositives: Int
    /// Normal, called disease: a false alarm.
    package let falsePositives: Int
    /// Normal, called normal.
    package let trueNegatives: Int
    /// Disease, called normal: missed.
    package let falseNegatives: Int

    package init(truePositives: Int, falsePositives: Int, trueNegatives: Int, falseNegatives: Int) {
        self.truePositives = truePositives
        self.falsePositives = falsePositives
        self.trueNegatives = trueNegatives
        self.falseNegatives = falseNegatives
    }

    /// All images.
    package var count: Int { truePositives + falsePositives + trueNegatives + falseNegatives }
    package var calledDisease: Int { truePositives + falsePositives }
    package var calledNormal: Int { trueNegatives + falseNegatives }

    /// Of the images with disease, those called disease. Also named recall.
    package var sensitivity: Proportion { Proportion(truePositives, of: truePositives + falseNegatives) }

    /// Of the normal images, those called normal.
    package var specificity: Proportion { Proportion(trueNegatives, of: trueNegatives + falsePositives) }

    /// Of the images called disease, those with disease (PPV). Also named precision. Changes with the share of disease.
    package var positivePredictiveValue: Proportion { Proportion(truePositives, of: calledDisease) }

    /// Of the images called normal, those that are (NPV). Changes with the share of disease.
    package var negativePredictiveValue: Proportion { Proportion(trueNegatives, of: calledNormal) }

    package var accuracy: Proportion { Proportion(truePositives + trueNegatives, of: count) }

    /// Harmonic mean of sensitivity and PPV for disease; nil where no image has disease and none is called so.
    package var f1: Double? {
        let denominator = 2 * truePositives + falsePositives + falseNegatives
        return denominator > 0 ? Double(2 * truePositives) / Double(denominator) : nil
    }

    /// What the predictive values would be where another share of the people is ill (Bayes' theorem).
    ///
    /// A test set is rarely composed like the clinic's waiting room: PPV and NPV do not carry over, these do, as far as
    /// sensitivity and specificity do.
    package func predictiveValues(atPrevalence prevalence: Double) -> (positive: Double?, negative: Double?) {
        guard let sensitivity = sensitivity.value, let specificity = specificity.value else { return (nil, nil) }
        let ill = prevalence * sensitivity
        let alarmed = (1 - prevalence) * (1 - specificity)
        let missed = prevalence * (1 - sensitivity)
        let cleared = (1 - prevalence) * specificity
        return (
            ill + alarmed > 0 ? ill / (ill + alarmed) : nil, missed + cleared > 0 ? cleared / (missed + cleared) : nil
        )
    }
}
