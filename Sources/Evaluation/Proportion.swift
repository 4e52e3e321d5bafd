// SPDX-License-Identifier: Apache-2.0
/// A 95 % confidence interval.
package struct Interval: Sendable, Equatable {
    package let lower: Double
    package let upper: Double

    package init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// The 97.5th percentile of the standard normal distribution: two-sided 95 %.
    static let normalQuantile = 1.959963984540054
}

/// So many of so many.
package struct Proportion: Sendable, Equatable {
    package let successes: Int
    package let trials: Int

    /// - Parameter successes: at most as many as there are trials.
    package init(_ successes: Int, of trials: Int) {
        precondition(0...max(trials, 0) ~= successes, "at most all of them")
        self.successes = successes
        self.trials = trials
    }

    /// Nil where there is nothing to count.
    package var value: Double? { trials > 0 ? Double(successes) / Double(trials) : nil }

    /// Wilson's score interval: keeps its level near 0 and 1 and in small samples, where p ± 1.96 s does not.
    ///
    /// E. B. Wilson, “Probable inference, the law of succession, and statistical inference”, JASA 22 (1927) 209–212.
    /// It takes the trials for independent; where a person gave several images, a bootstrap by person is wider.
    package var interval: Interval? {
        guard let share = value else { return nil }
        let n = Double(trials)
        let square = Interval.normalQuantile * Interval.normalQuantile
        let center = (share + square / (2 * n)) / (1 + square / n)
        let variance = share * (1 - share) / n + square / (4 * n * n)
        let half = Interval.normalQuantile * variance.squareRoot() / (1 + square / n)
        // At the ends the formula gives 0 and 1 but for rounding.
        return Interval(
            lower: successes == 0 ? 0 : center - half, upper: successes == trials ? 1 : center + half)
    }
}
