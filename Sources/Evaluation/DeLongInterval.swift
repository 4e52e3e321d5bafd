// SPDX-License-Identifier: Apache-2.0
/// The 95 % interval of an AUC by DeLong's variance.
///
/// E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988) 837–845, in the form by mid-ranks of X. Sun and
/// W. Xu, IEEE Signal Processing Letters 21 (2014) 1389–1393: sorting instead of comparing every pair. It takes the
/// images for independent.
package enum DeLongInterval {
    /// The variance of the AUC; nil with fewer than two images of a class.
    package static func variance(_ samples: ScoredSamples) -> Double? {
        let disease = samples.scores.indices.filter { samples.isDisease[$0] }.map { samples.scores[$0] }
        let normal = samples.scores.indices.filter { !samples.isDisease[$0] }.map { samples.scores[$0] }
        guard disease.count > 1, normal.count > 1 else { return nil }
        let together = midRanks(disease + normal)
        // For each image with disease the share of normal ones below it, and the reverse.
        let placementOfDisease = zip(together.prefix(disease.count), midRanks(disease)).map {
            ($0 - $1) / Double(normal.count)
        }
        let placementOfNormal = zip(together.dropFirst(disease.count), midRanks(normal)).map {
            ($0 - $1) / Double(disease.count)
        }
        return sampleVariance(placementOfDisease) / Double(disease.count)
            + sampleVariance(placementOfNormal) / Double(normal.count)
    }

    /// AUC ± 1.96 standard errors, cut at 0 and 1.
    ///
    /// Nil with fewer than two images of a class, and where the classes do not overlap at all: the variance is then 0, and
    /// an interval of no width would claim what the images can't show.
    package static func interval(_ samples: ScoredSamples, areaUnderCurve: Double) -> Interval? {
        guard let variance = variance(samples), variance > 0 else { return nil }
        let half = Interval.normalQuantile * variance.squareRoot()
        return Interval(lower: max(0, areaUnderCurve - half), upper: min(1, areaUnderCurve + half))
    }

    /// Ranks from 1; equal values share the mean of their ranks.
    private static func midRanks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var first = 0
        while first < order.count {
            var end = first + 1
            while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
            for place in first..<end { ranks[order[place]] = Double(first + end + 1) / 2 }
            first = end
        }
        return ranks
    }

    private static func sampleVariance(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }
}
