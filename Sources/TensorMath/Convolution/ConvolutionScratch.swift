// SPDX-License-Identifier: Apache-2.0
/// Memory that the convolutions of a training step take turns in.
package struct ConvolutionScratch {
    /// Floats at each place.
    package struct Counts: Sendable {
        var turned = 0
        var transformed = 0
        var winograd = 0
        var shares = 0
        var phases = 0
        var bias = 0

        /// Nothing is needed yet; see `widen`.
        package init() {}

        /// What serves both.
        package mutating func widen(to other: Counts) {
            turned = max(turned, other.turned)
            transformed = max(transformed, other.transformed)
            winograd = max(winograd, other.winograd)
            shares = max(shares, other.shares)
            phases = max(phases, other.phases)
            bias = max(bias, other.bias)
        }
    }

    /// Weights of the convolution that runs backward, or rounded ones of one that runs forward.
    let turned: TensorSlice
    /// Weights as Winograd's method wants them, and what it computes with.
    let transformed: TensorSlice
    let winograd: TensorSlice
    /// Weight gradients that are yet to be added up.
    let shares: TensorSlice
    /// The four maps that become one of twice the extent.
    let phases: TensorSlice
    /// Zeros: batch norm makes a bias idle.
    let bias: TensorSlice

    /// - Parameter take: gives so many floats of zeros.
    package init(_ counts: Counts, take: (Int) -> TensorSlice) {
        turned = take(counts.turned)
        transformed = take(counts.transformed)
        winograd = take(counts.winograd)
        shares = take(counts.shares)
        phases = take(counts.phases)
        bias = take(counts.bias)
    }
}
