// SPDX-License-Identifier: Apache-2.0
package import TensorMath

/// The optimizer Adam (Kingma and Ba, arXiv 1412.6980) with PyTorch's meaning of every number.
package struct Adam: Sendable, Hashable {
    /// How weights are drawn to zero, if they are.
    package enum WeightDecay: Sendable, Hashable {
        case none
        /// Added to the gradient, as `torch.optim.Adam(weight_decay:)` does: an L2 term of the loss.
        case coupled(Double)
        /// Apart from the gradient, as `torch.optim.AdamW` does (Loshchilov and Hutter, arXiv 1711.05101).
        case decoupled(Double)
    }

    package var firstDecay = 0.9
    package var secondDecay = 0.999
    package var epsilon = 1e-8
    package var weightDecay = WeightDecay.none

    /// The step size of the recipe that the project began with.
    package static let defaultLearningRate = 0.001

    package init(weightDecay: WeightDecay = .none) { self.weightDecay = weightDecay }

    /// What the step of this number does, counted from 1.
    ///
    /// The moments begin at zero, and 1 − βᵗ takes out how far that still pulls them.
    package func step(_ number: Int, learningRate: Double) -> AdamStep {
        precondition(number >= 1, "steps are counted from 1")
        var step = AdamStep(
            size: learningRate / (1 - power(firstDecay, number)),
            inverseRoot: 1 / (1 - power(secondDecay, number)).squareRoot(), firstDecay: firstDecay,
            secondDecay: secondDecay, epsilon: epsilon, decay: 0, kept: 1)
        switch weightDecay {
        case .none: break
        case .coupled(let decay): step.decay = decay
        case .decoupled(let decay): step.kept = 1 - learningRate * decay
        }
        return step
    }

    /// base to a whole power, by squaring.
    private func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest % 2 == 1 { result *= factor }
            factor *= factor
            rest /= 2
        }
        return result
    }
}
