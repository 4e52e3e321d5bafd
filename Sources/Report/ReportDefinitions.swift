// SPDX-License-Identifier: Apache-2.0
extension EvaluationReport {
    /// What each figure means, and whose it is.
    var definitionSection: String {
        let rows = Self.definitions.map { name, meaning in
            "<tr><th scope=\"row\">\(HTMLText.escaped(name))</th><td>\(HTMLText.escaped(meaning))</td></tr>"
        }
        return """
            <section>
            <h2>What the figures mean</h2>
            <div class="tabular definitions">
            <table><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table>
            </div>
            </section>
            """
    }

    private static let definitions = [
        ("Positive", "Disease, in every figure, whatever class the network's own output speaks for."),
        ("Sensitivity (recall)", "Of the images with disease, the share called disease."),
        ("Specificity", "Of the normal images, the share called normal."),
        (
            "PPV (precision), NPV",
            "Of those called disease, or normal, the share that is. They change with how many are ill."
        ),
        ("F1", "Harmonic mean of sensitivity and PPV, for disease."),
        (
            "AUC",
            """
            Area under the ROC curve: the chance that an image with disease scores above a normal one, ties counting half. \
            Interval: DeLong, DeLong and Clarke-Pearson 1988.
            """
        ),
        ("Average precision", "Σ of the gains in sensitivity, each times the PPV reached there; no interpolation."),
        (
            "95 % interval",
            "Of a share: Wilson 1927. By person or image: percentiles of a bootstrap (Efron and Tibshirani 1993)."
        ),
        ("Brier score", "Mean squared distance of P(disease) from the truth, 0 or 1. Brier 1950."),
        (
            "Calibration error (ECE)",
            """
            Mean distance, over 15 bins of equal width, between the mean P(disease) and the share with disease. Naeini et al. \
            2015, Guo et al. 2017.
            """
        ),
        ("Temperature", "The number by which dividing every logit makes the log loss least. Guo et al. 2017."),
        (
            "Heatmap",
            "Class activation map: the last map's channels weighted by the head's weights, for disease. Zhou et al. 2016."
        ),
    ]
}
