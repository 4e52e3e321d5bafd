// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// How the learning rate runs over the steps of a training: a factor of the base rate for each.
package enum LearningRateSchedule: Sendable, Hashable {
    case constant
    /// Up in a straight line over the warm-up, then down half a cosine to zero at the last step's end (arXiv 1608.03983).
    case cosine(warmUpSteps: Int)

    /// - Parameter step: from 0; one past the last is still answered, with the schedule's end.
    package func factor(step: Int, of stepCount: Int) -> Double {
        precondition(step >= 0 && stepCount > 0, "no such step")
        guard case .cosine(let warmUpSteps) = self else { return 1 }
        // The first step moves already: (step + 1)/warmUpSteps.
        if step < warmUpSteps { return Double(step + 1) / Double(warmUpSteps) }
        guard warmUpSteps < stepCount else { return 1 }
        let progress = min(Double(step - warmUpSteps) / Double(stepCount - warmUpSteps), 1)
        return (1 + cos(Double.pi * progress)) / 2
    }
}
