// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import Training

/// The loss of both outputs against its definition, term by term.
@Suite struct JudgeLossTests {
    private static let targets = [
        TrainingTarget(isDisease: true), TrainingTarget(isDisease: nil, isGradable: false),
        TrainingTarget(isDisease: false), TrainingTarget(isDisease: nil),
    ]
    /// [4, 2].
    private static let logits: [Float] = [0.5, 2, -3, -1, 1, 0.25, 4, 0.75]

    private static func loss(outputs: Int, weight: Double = 0.5) -> JudgeLoss {
        JudgeLoss(
            outputs: outputs, disease: BinaryCrossEntropy(positiveWeight: 2), gradabilityWeight: weight,
            target: { $0 ? 0.9 : 0.1 })
    }

    private static func softplus(_ x: Double) -> Double { log1p(exp(x)) }

    /// −t·log σ(z) − (1 − t)·log(1 − σ(z)).
    private static func term(_ logit: Double, _ target: Double, positiveWeight: Double = 1) -> Double {
        positiveWeight * target * softplus(-logit) + (1 - target) * softplus(logit)
    }

    @Test func `each mean is over the images of which it is known`() {
        let disease = (Self.term(0.5, 0.9, positiveWeight: 2) + Self.term(1, 0.1, positiveWeight: 2)) / 2
        let gradable =
            (Self.term(2, 0.9) + Self.term(-1, 0.1) + Self.term(0.25, 0.9) + Self.term(0.75, 0.9)) / 4
        let value = Self.loss(outputs: 2).value(logits: Self.logits, targets: Self.targets)
        #expect(abs(value - (disease + 0.5 * gradable)) < 1e-6)
    }

    @Test func `the gradient is the loss's slope, and 0 where nothing is known`() {
        let loss = Self.loss(outputs: 2)
        let gradient = loss.gradient(logits: Self.logits, targets: Self.targets)
        #expect(gradient[2] == 0 && gradient[6] == 0)
        for place in Self.logits.indices {
            var (up, down) = (Self.logits, Self.logits)
            (up[place], down[place]) = (up[place] + 1 / 64, down[place] - 1 / 64)
            let slope =
                (loss.value(logits: up, targets: Self.targets) - loss.value(logits: down, targets: Self.targets)) * 32
            #expect(abs(Double(gradient[place]) - slope) < 1e-4, "\(place)")
        }
    }

    @Test func `a network of one output has disease's loss alone`() {
        let (targets, logits): ([TrainingTarget], [Float]) = ([Self.targets[0], Self.targets[2]], [0.5, 1])
        let plain = BinaryCrossEntropy(positiveWeight: 2)
        let loss = Self.loss(outputs: 1)
        #expect(loss.value(logits: logits, targets: targets) == plain.loss(logits: logits, targets: [0.9, 0.1]))
        #expect(loss.gradient(logits: logits, targets: targets) == plain.gradient(logits: logits, targets: [0.9, 0.1]))
    }

    @Test func `a batch of which no disease is known has gradability's loss`() {
        let targets = [Self.targets[1], Self.targets[3]]
        let value = Self.loss(outputs: 2).value(logits: [9, 0, 9, 0], targets: targets)
        #expect(abs(value - 0.5 * log(2)) < 1e-6)
    }
}
