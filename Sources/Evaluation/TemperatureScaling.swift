// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Makes probabilities honest with one number: the logit is divided by a temperature; above 1 means less sure.
///
/// C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, “On calibration of modern neural networks”, ICML 2017. The order of the
/// images stays, so no curve changes.
package struct TemperatureScaling: Sendable, Equatable {
    /// Divides the logits: above 1 the probabilities were too sure.
    package let temperature: Double

    package init(temperature: Double) {
        precondition(temperature > 0 && temperature.isFinite, "a temperature is above 0")
        self.temperature = temperature
    }

    /// Beyond these the fit stops: the scores then separate the classes fully, or tell nothing at all.
    package static let limits = 0.01...100.0

    /// True where the fit ran into a limit: the temperature is then no measurement.
    package var isAtLimit: Bool { temperature <= Self.limits.lowerBound || temperature >= Self.limits.upperBound }

    /// The temperature of least log loss.
    ///
    /// Where the limits hold no such temperature, the nearer limit.
    package init(fittedTo samples: ScoredSamples) {
        self.init(temperature: 1 / LossSlope(samples).root(in: 1 / Self.limits.upperBound...1 / Self.limits.lowerBound))
    }

    /// A probability of the model, made honest.
    package func calibrated(_ probability: Double) -> Double {
        Self.sigmoid(Self.logit(probability) / temperature)
    }

    /// ln(p / (1 − p)), finite for 0 and 1 too: those come from logits beyond ±36.
    static func logit(_ probability: Double) -> Double {
        let smallest = Double.ulpOfOne / 2
        let inside = min(max(probability, smallest), 1 - smallest)
        return log(inside) - log1p(-inside)
    }

    static func sigmoid(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }
}

extension TemperatureScaling {
    /// Every image's probability calibrated by what the other half of the people tells: measures without flattery.
    ///
    /// Nil where a half is empty.
    package static func crossFitted(_ samples: ScoredSamples, _ halves: SampleHalves) -> ScoredSamples? {
        guard let first = halves.first, let second = halves.second else { return nil }
        let (forSecond, forFirst) = (TemperatureScaling(fittedTo: first), TemperatureScaling(fittedTo: second))
        let scores = zip(samples.scores, halves.isFirst).map { score, isFirst in
            (isFirst ? forFirst : forSecond).calibrated(score)
        }
        return ScoredSamples(samples, scores: scores)
    }
}

/// The slope of the log loss in a = 1/T: g(a) = Σ (sigmoid(a·z) − truth)·z. The loss is convex in a, so g only rises.
private struct LossSlope {
    private let logits: [Double]
    private let truths: [Double]

    init(_ samples: ScoredSamples) {
        logits = samples.scores.map(TemperatureScaling.logit)
        truths = samples.isDisease.map { $0 ? 1 : 0 }
    }

    /// Bisection alone would need about 60 steps.
    private static let mostSteps = 200

    /// Where the slope is 0, by Newton's steps, with bisection where those would leave the bracket.
    func root(in range: ClosedRange<Double>) -> Double {
        var (low, high) = (range.lowerBound, range.upperBound)
        if at(low).value >= 0 { return low }
        if at(high).value <= 0 { return high }
        var root = 1.0
        for _ in 0..<Self.mostSteps {
            let (value, derivative) = at(root)
            if value > 0 { high = root } else { low = root }
            let step = root - value / derivative
            let next = low < step && step < high ? step : (low + high) / 2
            if abs(next - root) <= 1e-14 * root { break }
            root = next
        }
        return root
    }

    private func at(_ inverse: Double) -> (value: Double, derivative: Double) {
        var (value, derivative) = (0.0, 0.0)
        for (logit, truth) in zip(logits, truths) {
            let probability = TemperatureScaling.sigmoid(inverse * logit)
            value += (probability - truth) * logit
            derivative += probability * (1 - probability) * logit * logit
        }
        return (value, derivative)
    }
}
