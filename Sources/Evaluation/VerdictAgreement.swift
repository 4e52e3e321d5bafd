// SPDX-License-Identifier: Apache-2.0
/// How far two models agree on images whose class nobody knows.
///
/// Agreement is not worth: two models may agree and be wrong. It shows what a clinic would notice of a change.
package struct VerdictAgreement: Sendable, Equatable {
    /// Both call it disease.
    package private(set) var bothDisease = 0
    /// The champion alone calls it disease.
    package private(set) var championOnly = 0
    /// The challenger alone calls it disease.
    package private(set) var challengerOnly = 0
    package private(set) var bothNormal = 0
    private var sumOfDifferences = 0.0

    package init() {}

    /// Counts one image.
    ///
    /// - Parameter champion: P(disease) by it, and the threshold at or above which it says so.
    package mutating func count(
        champion: (probability: Double, threshold: Double), challenger: (probability: Double, threshold: Double)
    ) {
        switch (champion.probability >= champion.threshold, challenger.probability >= challenger.threshold) {
        case (true, true): bothDisease += 1
        case (true, false): championOnly += 1
        case (false, true): challengerOnly += 1
        case (false, false): bothNormal += 1
        }
        sumOfDifferences += challenger.probability - champion.probability
    }

    package var images: Int { bothDisease + championOnly + challengerOnly + bothNormal }

    /// Images that both put into one class.
    package var agreeing: Proportion { Proportion(bothDisease + bothNormal, of: images) }

    /// How much higher the challenger's P(disease) is on the average; nil without images.
    package var meanDifference: Double? { images > 0 ? sumOfDifferences / Double(images) : nil }

    /// Cohen's kappa: agreement beyond what chance alone gives, 1 is perfect, 0 is chance; nil where either is certain.
    ///
    /// J. Cohen, “A coefficient of agreement for nominal scales”, Educ. Psychol. Meas. 20 (1960) 37–46.
    package var kappa: Double? {
        guard let seen = agreeing.value else { return nil }
        let n = Double(images)
        let champion = Double(bothDisease + championOnly) / n
        let challenger = Double(bothDisease + challengerOnly) / n
        let chance = champion * challenger + (1 - champion) * (1 - challenger)
        return chance < 1 ? (seen - chance) / (1 - chance) : nil
    }
}
