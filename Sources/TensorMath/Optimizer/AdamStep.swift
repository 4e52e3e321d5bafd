// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// One step of Adam over a run of parameters (arXiv 1412.6980), all numbers of the step known.
///
/// With g the gradient plus `decay` times the parameter:
///   first ← first + (1 − β₁)·(g − first), second ← β₂·second + (1 − β₂)·g²
///   parameter ← kept·parameter − size·first / (√second · inverseRoot + ε)
package struct AdamStep: Sendable, Hashable {
    /// Learning rate / (1 − β₁ᵗ).
    package var size: Double
    /// 1/√(1 − β₂ᵗ).
    package var inverseRoot: Double
    /// β₁ of the paper.
    package var firstDecay: Double
    /// β₂ of the paper.
    package var secondDecay: Double
    /// ε of the paper, beside the square root.
    package var epsilon: Double
    /// Weight decay that acts through the gradient.
    package var decay: Double
    /// What weight decay apart from the gradient leaves of a parameter, 1 for none.
    package var kept: Double

    package init(
        size: Double, inverseRoot: Double, firstDecay: Double, secondDecay: Double, epsilon: Double, decay: Double,
        kept: Double
    ) {
        self.size = size
        self.inverseRoot = inverseRoot
        self.firstDecay = firstDecay
        self.secondDecay = secondDecay
        self.epsilon = epsilon
        self.decay = decay
        self.kept = kept
    }

    /// Moves the parameters; all slices begin on a cache line and are as long, a multiple of 16.
    package func move(
        _ parameters: TensorSlice, gradients: TensorSlice, first: TensorSlice, second: TensorSlice,
        on engine: ComputeEngine
    ) {
        let count = parameters.count
        precondition(
            gradients.count == count && first.count == count && second.count == count
                && count % MapLayout.blockLanes == 0, "one gradient and two moments for each parameter")
        // SAFETY: the counts are checked above.
        var task = unsafe ck_adam(
            parameters: parameters.pointer, first: first.pointer, second: second.pointer,
            gradients: UnsafePointer(gradients.pointer), count: count, kept: Float(kept), decay: Float(decay),
            first_rate: Float(1 - firstDecay), second_kept: Float(secondDecay), second_rate: Float(1 - secondDecay),
            step: Float(size), inverse_root: Float(inverseRoot), epsilon: Float(epsilon))
        let run = Int(ck_run)
        unsafe ck_run_boxes(
            engine.team.handle, engine.trainingKernels.pointee.adam, &task, (count + run - 1) / run, 1)
    }
}
