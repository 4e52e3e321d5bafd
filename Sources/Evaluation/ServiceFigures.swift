// SPDX-License-Identifier: Apache-2.0
/// What the program is worth where it works, from verdicts of which people have looked at a part.
///
/// The values are those of Begg and Greenes: a share of each cell's pictures has disease, as its answers say, and from these
/// follow all figures. C. B. Begg, R. A. Greenes, “Assessment of diagnostic tests when disease verification is subject to
/// selection bias”, Biometrics 39 (1983) 207–215. The unweighted figures of the answers alone are wrong wherever one
/// verdict is looked at more often than the other.
///
/// They are figures of pictures that the program judged and that a person can judge, and take pictures for independent: two
/// eyes of a person are not quite.
package struct ServiceFigures: Sendable, Equatable {
    /// A figure with its 95 % interval.
    package struct Figure: Sendable, Equatable {
        package let value: Double
        package let interval: Interval
    }

    /// By the names in `performance --json`.
    package enum Name: String, Sendable, CaseIterable {
        case sensitivity, specificity
        case positivePredictiveValue = "positive-predictive-value"
        case negativePredictiveValue = "negative-predictive-value"
        case prevalence
    }

    /// What can be said; none while a verdict has too few answers.
    package let figures: [Name: Figure]
    /// Of the answers as they are, without weights: beside the others, to show what the weights do.
    package let unweighted: ConfusionMatrix
    /// Pictures that were judged, whether anybody was asked about them or not.
    package let pictures: Int
    /// As they are, without weights, by what the program had said.
    package let answers: [JudgedClass: ReviewAnswers]

    /// Answers of a verdict, about a picture that can be judged, below which nothing is said.
    package static let leastAnswers = 5.0

    package init(_ cells: [ReviewedCell], draws: Int = PosteriorDraws.usualCount, seed: UInt64 = 0) {
        pictures = cells.reduce(0) { $0 + $1.pictures }
        answers = Dictionary(
            uniqueKeysWithValues: JudgedClass.allCases.map { judged in
                (judged, cells.filter { $0.judged == judged }.map(\.answers).reduce(ReviewAnswers(), +))
            })
        let (called, passed) = (answers[.disease] ?? ReviewAnswers(), answers[.normal] ?? ReviewAnswers())
        unweighted = ConfusionMatrix(
            truePositives: Int(called.disease), falsePositives: Int(called.normal),
            trueNegatives: Int(passed.normal), falseNegatives: Int(passed.disease))
        let isEnough = [called, passed].allSatisfy { $0.gradable >= Self.leastAnswers }
        guard isEnough, let speaking = cells.withoutSilentCells else {
            figures = [:]
            return
        }
        let best = VerdictShares(speaking)
        let drawn = PosteriorDraws(speaking, count: draws, seed: seed)
        figures = Dictionary(
            uniqueKeysWithValues: Name.allCases.compactMap { name in
                guard let value = best[name], let interval = drawn.interval(of: name, around: value) else { return nil }
                return (name, Figure(value: value, interval: interval))
            })
    }
}

/// How many pictures of each verdict have disease and how many have not, with weights.
struct VerdictShares: Sendable {
    var truePositives = 0.0
    var falsePositives = 0.0
    var trueNegatives = 0.0
    var falseNegatives = 0.0

    init() {}

    /// As the answers say: every cell has an answer.
    init(_ cells: [ReviewedCell]) {
        for cell in cells {
            let weight = cell.weight ?? 0
            add(cell.judged, disease: weight * cell.answers.disease, normal: weight * cell.answers.normal)
        }
    }

    mutating func add(_ judged: JudgedClass, disease: Double, normal: Double) {
        switch judged {
        case .disease:
            truePositives += disease
            falsePositives += normal
        case .normal:
            falseNegatives += disease
            trueNegatives += normal
        }
    }

    /// Nil where there is nothing to divide by.
    subscript(name: ServiceFigures.Name) -> Double? {
        switch name {
        case .sensitivity: share(truePositives, beside: falseNegatives)
        case .specificity: share(trueNegatives, beside: falsePositives)
        case .positivePredictiveValue: share(truePositives, beside: falsePositives)
        case .negativePredictiveValue: share(trueNegatives, beside: falseNegatives)
        case .prevalence: share(truePositives + falseNegatives, beside: trueNegatives + falsePositives)
        }
    }

    private func share(_ part: Double, beside rest: Double) -> Double? {
        part + rest > 0 ? part / (part + rest) : nil
    }
}

extension ReviewAnswers {
    package static func + (one: ReviewAnswers, other: ReviewAnswers) -> ReviewAnswers {
        ReviewAnswers(
            disease: one.disease + other.disease, normal: one.normal + other.normal,
            ungradable: one.ungradable + other.ungradable)
    }
}
