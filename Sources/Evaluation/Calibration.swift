// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Whether P(disease) means what it says: of the images with P near 0.8, do 8 in 10 have disease?
package struct Calibration: Sendable, Equatable {
    /// Images of about the same P(disease).
    package struct Bin: Sendable, Equatable {
        /// The bin holds lower < P ≤ upper (the first one also P = lower).
        package let lower: Double
        package let upper: Double
        /// Mean P(disease) of its images.
        package let meanProbability: Double
        /// How many of its images have disease.
        package let disease: Proportion

        fileprivate var gap: Double { abs(meanProbability - (disease.value ?? meanProbability)) }
    }

    /// Mean of (P − truth)². G. W. Brier, Monthly Weather Review 78 (1950) 1–3.
    package let brierScore: Double
    /// Mean of −ln of the probability that was given to the truth.
    package let logLoss: Double
    /// Bins of equal width that hold any image.
    package let bins: [Bin]
    /// Σ |mean P − share of disease| weighted by the bins' images. M. P. Naeini et al., AAAI 2015; C. Guo et al., ICML 2017.
    package let expectedCalibrationError: Double
    /// The same over bins that hold about the same number of images each: does not depend on where the scores crowd.
    package let equalMassCalibrationError: Double

    package static let binCount = 15

    package init(_ samples: ScoredSamples) {
        let truths = samples.isDisease.map { $0 ? 1.0 : 0.0 }
        let count = Double(samples.count)
        brierScore = zip(samples.scores, truths).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / count
        logLoss = zip(samples.scores, samples.isDisease).reduce(0) { $0 + Self.loss($1.0, $1.1) } / count
        bins = Self.bins(samples, edges: Self.equalWidthEdges)
        expectedCalibrationError = Self.error(of: bins, count: count)
        let equalMass = Self.bins(samples, edges: Self.equalMassEdges(samples.scores))
        equalMassCalibrationError = Self.error(of: equalMass, count: count)
    }

    /// Probabilities are kept away from 0 and 1 by one unit in the last place, as scikit-learn's `log_loss` does.
    private static func loss(_ probability: Double, _ isDisease: Bool) -> Double {
        let inside = min(max(probability, Double.ulpOfOne), 1 - Double.ulpOfOne)
        return -log(isDisease ? inside : 1 - inside)
    }

    private static func error(of bins: [Bin], count: Double) -> Double {
        bins.reduce(0) { $0 + Double($1.disease.trials) / count * $1.gap }
    }

    /// i · (1/15): NumPy's `linspace`, so that a score on an edge falls as in scikit-learn's `calibration_curve`.
    private static let equalWidthEdges = (0...binCount).map { $0 == binCount ? 1 : Double($0) * (1 / Double(binCount)) }

    /// Linear between neighbors in rank; the ranks in whole numbers, so that none slips below a score by rounding.
    private static func equalMassEdges(_ scores: [Double]) -> [Double] {
        let sorted = scores.sorted()
        return (0...binCount).map { edge in
            let (below, fifteenths) = (edge * (sorted.count - 1)).quotientAndRemainder(dividingBy: binCount)
            if fifteenths == 0 { return sorted[below] }
            return sorted[below] + Double(fifteenths) / Double(binCount) * (sorted[below + 1] - sorted[below])
        }
    }

    private static func bins(_ samples: ScoredSamples, edges: [Double]) -> [Bin] {
        var members = [[Int]](repeating: [], count: edges.count - 1)
        for (place, score) in samples.scores.enumerated() {
            // The number of inner edges below the score.
            let bin = edges.dropFirst().dropLast().prefix { $0 < score }.count
            members[bin].append(place)
        }
        return members.enumerated().filter { !$0.element.isEmpty }.map { bin, places in
            Bin(
                lower: edges[bin], upper: edges[bin + 1],
                meanProbability: places.reduce(0) { $0 + samples.scores[$1] } / Double(places.count),
                disease: Proportion(places.count { samples.isDisease[$0] }, of: places.count))
        }
    }
}
