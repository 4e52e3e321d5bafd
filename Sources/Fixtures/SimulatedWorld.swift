// SPDX-License-Identifier: Apache-2.0
package import Evaluation
internal import Glibc
internal import ResNet

/// People, their images and what two models say of them, drawn so that the models' true worth is known.
///
/// Binormal: a model's logit of a normal image is N(0, 1), of one with disease N(μ, σ²), by a linear map. Both models see
/// the same eyes, so their errors agree in part; a person gives several images, whose errors agree in part too.
package struct SimulatedWorld: Sendable {
    /// What the challenger is truly worth at the champion's specificity.
    package enum Challenger: String, CaseIterable, Sendable {
        case equal
        /// Five points less sensitive, and a lower AUC with it.
        case worse
        /// Five points less sensitive with the same AUC: its curve crosses the champion's. The hardest to find out.
        case crossing
        /// Three points more sensitive.
        case better
    }

    package var images: Int
    /// The champion's AUC, and its sensitivity at its threshold.
    package var area = 0.75
    package var sensitivity = 0.9
    /// Of the two models' errors on one image.
    package var correlation = 0.6
    /// Of one model's errors on two images of a person.
    package var personCorrelation = 0.5
    package var imagesPerPerson = 2

    package init(images: Int) { self.images = images }

    private var mean: Double { 2.0.squareRoot() * Normal.quantile(area) }
    /// In the champion's latent score.
    private var cut: Double { mean - Normal.quantile(sensitivity) }

    /// Mean and deviation of the challenger's latent score of disease.
    private func distribution(_ challenger: Challenger) -> (mean: Double, deviation: Double) {
        switch challenger {
        case .equal: return (mean, 1)
        case .worse: return (cut + Normal.quantile(sensitivity - 0.05), 1)
        case .better: return (cut + Normal.quantile(sensitivity + 0.03), 1)
        case .crossing:
            // AUC = Φ(μ / √(1 + σ²)) is the champion's; Φ((μ − cut) / σ) is to be five points lower: σ by bisection.
            let scaled = Normal.quantile(area)
            let deviation = bisected(0.9...20) { deviation in
                let mean = scaled * (1 + deviation * deviation).squareRoot()
                return Normal.quantile(sensitivity - 0.05) - (mean - cut) / deviation
            }
            return (scaled * (1 + deviation * deviation).squareRoot(), deviation)
        }
    }

    /// Nil where no challenger of that kind exists beside such a champion.
    package func scores(_ challenger: Challenger, seed: UInt64) -> (scores: PairedScores, threshold: Double)? {
        let theirs = distribution(challenger)
        let reached = Normal.share((theirs.mean - cut) / theirs.deviation)
        if challenger == .crossing, abs(reached - (sensitivity - 0.05)) > 1e-6 { return nil }
        var draw = NormalDraw(seed: seed)
        let isDisease = (0..<images).map { $0 < images / 2 }
        let people = (0..<images).map { ($0 < images / 2 ? 0 : images) + $0 / imagesPerPerson }
        let (shared, first, second) = (errors(&draw), errors(&draw), errors(&draw))
        let (common, own) = (correlation.squareRoot(), (1 - correlation).squareRoot())
        let champion = (0..<images).map { place in
            probability(common * shared[place] + own * first[place] + (isDisease[place] ? mean : 0), mean)
        }
        let challenger = (0..<images).map { place in
            let error = common * shared[place] + own * second[place]
            return probability(isDisease[place] ? theirs.mean + theirs.deviation * error : error, theirs.mean)
        }
        return (
            PairedScores(
                champion: champion, challenger: challenger, isDisease: isDisease,
                groups: people.map { "person \($0)" }),
            probability(cut, mean)
        )
    }

    /// Standard normal, the images of a person correlated.
    private func errors(_ draw: inout NormalDraw) -> [Double] {
        let (common, own) = (personCorrelation.squareRoot(), (1 - personCorrelation).squareRoot())
        var person = 0.0
        return (0..<images).map { place in
            if place % imagesPerPerson == 0 { person = draw.next() }
            return common * person + own * draw.next()
        }
    }

    /// The posterior of disease at equal shares and deviations: calibrated there, monotone everywhere.
    private func probability(_ latent: Double, _ mean: Double) -> Double {
        1 / (1 + exp(-(mean * latent - mean * mean / 2)))
    }
}

/// How often a gate lets a challenger of known worth through.
package struct SimulatedDecisions: Sendable {
    package private(set) var worlds = 0
    package private(set) var passed = 0
    package private(set) var failures: [GateCondition.Name: Int] = [:]

    /// - Parameter seed: world number i is drawn with seed + i.
    package init?(
        _ world: SimulatedWorld, _ challenger: SimulatedWorld.Challenger, worlds: Int, seed: UInt64,
        gate: PromotionGate
    ) {
        for number in 0..<worlds {
            guard let (scores, threshold) = world.scores(challenger, seed: seed &+ UInt64(number)) else { return nil }
            var generator = SplitMix64(seed: gate.rules.seed)
            let decision = gate.decide(scores, championThreshold: threshold, using: &generator)
            self.worlds += 1
            if decision.passed { passed += 1 }
            for condition in decision.conditions where !condition.passed { failures[condition.name, default: 0] += 1 }
        }
    }
}

/// The standard normal distribution.
private enum Normal {
    static func share(_ value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }

    static func quantile(_ share: Double) -> Double { bisected(-9...9) { self.share($0) - share } }
}

/// Where a rising function is 0.
private func bisected(_ range: ClosedRange<Double>, _ function: (Double) -> Double) -> Double {
    var (low, high) = (range.lowerBound, range.upperBound)
    for _ in 0..<80 {
        let middle = (low + high) / 2
        if function(middle) > 0 { high = middle } else { low = middle }
    }
    return (low + high) / 2
}

/// Standard normal numbers. G. E. P. Box, M. E. Muller, Annals of Mathematical Statistics 29 (1958) 610–611.
private struct NormalDraw {
    private var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(name: "simulated world", seed: seed) }

    mutating func next() -> Double {
        let radius = (-2 * log(unit())).squareRoot()
        return radius * cos(2 * Double.pi * unit())
    }

    /// In 0 ..< 1, and never 0.
    private mutating func unit() -> Double { (Double(generator.next() >> 11) + 0.5) / 9_007_199_254_740_992 }
}
