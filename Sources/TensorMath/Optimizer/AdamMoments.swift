// SPDX-License-Identifier: Apache-2.0
/// Adam's running means of each parameter's gradient and of its square.
package final class AdamMoments {
    package let first: Tensor
    package let second: Tensor

    package init(count: Int) {
        first = Tensor(count: count)
        second = Tensor(count: count)
    }
}
