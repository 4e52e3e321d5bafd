// SPDX-License-Identifier: Apache-2.0
/// Adam's running means of each parameter's gradient and of its square.
package final class AdamMoments {
    /// Running means of the gradients, laid out as the parameters are.
    package let first: Tensor
    /// Running means of the gradients' squares, laid out as the parameters are.
    package let second: Tensor

    /// Zeros for so many packed parameters.
    package init(count: Int) {
        first = Tensor(count: count)
        second = Tensor(count: count)
    }
}
