// SPDX-License-Identifier: Apache-2.0
/// 95 % intervals by drawing whole groups (people) anew, again and again: the images of one person are not independent.
///
/// B. Efron, R. J. Tibshirani, “An Introduction to the Bootstrap” (1993), percentile intervals; groups as the units drawn
/// (C. A. Field, A. H. Welsh, Journal of the Royal Statistical Society B 69 (2007) 369–390). Same generator, same
/// intervals.
package struct GroupBootstrap: Sendable, Equatable {
    /// How often people were drawn; each figure's interval is nil where too few replicates had both classes.
    package let replicates: Int
    package let sensitivity: Interval?
    package let specificity: Interval?
    package let positivePredictiveValue: Interval?
    package let negativePredictiveValue: Interval?
    package let accuracy: Interval?
    package let f1: Interval?
    package let areaUnderCurve: Interval?
    package let averagePrecision: Interval?

    /// - Parameter replicates: at least one.
    package init(
        _ samples: ScoredSamples, threshold: Double, replicates: Int, using generator: inout some RandomNumberGenerator
    ) {
        precondition(replicates > 0, "at least one replicate")
        var draw = GroupDraw(samples, threshold: threshold)
        let drawn = (0..<replicates).map { _ in draw.next(using: &generator) }
        self.replicates = replicates
        sensitivity = Self.interval(drawn.map(\.matrix.sensitivity.value))
        specificity = Self.interval(drawn.map(\.matrix.specificity.value))
        positivePredictiveValue = Self.interval(drawn.map(\.matrix.positivePredictiveValue.value))
        negativePredictiveValue = Self.interval(drawn.map(\.matrix.negativePredictiveValue.value))
        accuracy = Self.interval(drawn.map(\.matrix.accuracy.value))
        f1 = Self.interval(drawn.map(\.matrix.f1))
        areaUnderCurve = Self.interval(drawn.map(\.areaUnderCurve))
        averagePrecision = Self.interval(drawn.map(\.averagePrecision))
    }

    /// A figure must exist in so many of the replicates, or their percentiles say nothing.
    static let leastDefinedShare = 0.9

    private static func interval(_ values: [Double?]) -> Interval? {
        let defined = values.compactMap(\.self)
        guard Double(defined.count) >= leastDefinedShare * Double(values.count) else { return nil }
        return middle(of: defined)
    }

    /// The middle 95 % of at least one value.
    static func middle(of values: [Double]) -> Interval {
        let sorted = values.sorted()
        return Interval(lower: percentile(sorted, 0.025), upper: percentile(sorted, 0.975))
    }

    /// Linear between neighbors, as NumPy's default (type 7 of Hyndman and Fan, The American Statistician 50 (1996)).
    static func percentile(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place.rounded(.down))
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
}

/// One replicate after the other; the sorting is done once.
private struct GroupDraw {
    struct Figures {
        let matrix: ConfusionMatrix
        let areaUnderCurve: Double?
        let averagePrecision: Double?
    }

    /// By score, from the highest down.
    private let samples: [(group: Int, isDisease: Bool, isCalledDisease: Bool, isLastOfScore: Bool)]
    /// How often each group was drawn.
    private var weights: [Int]
    private let groups: [Int]

    init(_ samples: ScoredSamples, threshold: Double) {
        let order = samples.scores.indices.sorted { samples.scores[$0] > samples.scores[$1] }
        self.samples = order.enumerated().map { rank, place in
            let score = samples.scores[place]
            let isLast = rank + 1 == order.count || samples.scores[order[rank + 1]] != score
            return (samples.groups[place], samples.isDisease[place], score >= threshold, isLast)
        }
        groups = Array(Set(samples.groups)).sorted()
        weights = [Int](repeating: 0, count: (groups.last ?? 0) + 1)
    }

    mutating func next(using generator: inout some RandomNumberGenerator) -> Figures {
        for group in groups { weights[group] = 0 }
        for _ in groups { weights[groups[RandomPlace.below(groups.count, using: &generator)]] += 1 }
        return figures()
    }

    private func figures() -> Figures {
        var (truePositives, falsePositives) = (0, 0)
        var (lastTrue, lastFalse, doubledArea, precisionSum) = (0, 0, 0, 0.0)
        var (calledTrue, calledFalse) = (0, 0)
        for sample in samples {
            let weight = weights[sample.group]
            if sample.isDisease { truePositives += weight } else { falsePositives += weight }
            if sample.isCalledDisease { (calledTrue, calledFalse) = (truePositives, falsePositives) }
            guard sample.isLastOfScore else { continue }
            doubledArea += (falsePositives - lastFalse) * (truePositives + lastTrue)
            if truePositives > lastTrue {
                let precision = Double(truePositives) / Double(truePositives + falsePositives)
                precisionSum += Double(truePositives - lastTrue) * precision
            }
            (lastTrue, lastFalse) = (truePositives, falsePositives)
        }
        let (disease, normal) = (truePositives, falsePositives)
        return Figures(
            matrix: ConfusionMatrix(
                truePositives: calledTrue, falsePositives: calledFalse, trueNegatives: normal - calledFalse,
                falseNegatives: disease - calledTrue),
            areaUnderCurve: disease > 0 && normal > 0
                ? Double(doubledArea) / (2 * Double(disease) * Double(normal)) : nil,
            averagePrecision: disease > 0 ? precisionSum / Double(disease) : nil)
    }
}
