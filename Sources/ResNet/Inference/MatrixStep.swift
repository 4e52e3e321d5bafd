// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// A convolution whose batch norm has been multiplied into its weights; they lie in the network's one weight storage.
struct MatrixStep: Sendable {
    let convolution: MatrixConvolution
    let weights: Range<Int>
    let bias: Range<Int>
    /// Height and width of what it gives.
    let output: MapSize

    /// Puts folded weights [output, input, ky, kx] and bias into their place of the network's storage.
    func pack(_ values: (weights: [Float], bias: [Float]), into storage: inout TensorStorage) {
        var target = storage.mutableSpan
        for (place, value) in zip(weights, values.weights) { target[place] = value }
        for (place, value) in zip(bias, values.bias) { target[place] = value }
    }
}
