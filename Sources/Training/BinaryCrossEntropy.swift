// SPDX-License-Identifier: Apache-2.0
// In: logits and targets, gradients and learning rates. Out: a loss and its gradient, moved weights.
// What a training recipe is made of, apart from the network: loss, optimizer, schedules, first weights.
// Called by whoever trains a ResNet50Training.

internal import Glibc

/// The loss of a network with one logit: −(w₊·t·log σ(z) + w₋·(1 − t)·log(1 − σ(z))), mean over the batch.
///
/// With both weights 1 PyTorch's `BCEWithLogitsLoss`; w₊ is its `pos_weight`. Computed from log(1 + e⁻ᶻ), which neither
/// overflows nor loses a small loss.
package struct BinaryCrossEntropy: Sendable, Hashable {
    /// Weight of the images whose target is 1.
    package let positiveWeight: Double
    /// Weight of the images whose target is 0.
    package let negativeWeight: Double

    /// Factors of an image's loss, by its class.
    package init(positiveWeight: Double = 1, negativeWeight: Double = 1) {
        precondition(positiveWeight > 0 && negativeWeight > 0, "weights of classes are above zero")
        self.positiveWeight = positiveWeight
        self.negativeWeight = negativeWeight
    }

    /// The mean over the images.
    ///
    /// - Parameters:
    ///   - logits: one an image.
    ///   - targets: P(positive) that is right, 0…1, one an image.
    package func loss<Scalar: BinaryFloatingPoint>(logits: [Scalar], targets: [Scalar]) -> Double {
        precondition(logits.count == targets.count && !logits.isEmpty, "one target for each logit")
        let sum = zip(logits, targets).reduce(0.0) { sum, pair in
            let (logit, target) = (Double(pair.0), Double(pair.1))
            return sum + positiveWeight * target * Self.softplus(-logit)
                + negativeWeight * (1 - target) * Self.softplus(logit)
        }
        return sum / Double(logits.count)
    }

    /// ∂loss/∂z = (w₋·(1 − t)·σ(z) − w₊·t·σ(−z)) / count.
    package func gradient<Scalar: BinaryFloatingPoint>(logits: [Scalar], targets: [Scalar]) -> [Scalar] {
        precondition(logits.count == targets.count, "one target for each logit")
        return zip(logits, targets).map { logit, target in
            let (logit, target) = (Double(logit), Double(target))
            let slope =
                negativeWeight * (1 - target) * Self.sigmoid(logit) - positiveWeight * target * Self.sigmoid(-logit)
            return Scalar(slope / Double(logits.count))
        }
    }

    /// log(1 + eˣ).
    private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    private static func sigmoid(_ x: Double) -> Double {
        // Of two equal forms the one whose exponential is at most 1.
        x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x))
    }
}
