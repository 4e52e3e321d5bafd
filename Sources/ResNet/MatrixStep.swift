// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// A convolution whose batch norm has been multiplied into its weights; they lie in the network's one weight storage.
struct MatrixStep: Sendable {
    let convolution: MatrixConvolution
    let weights: Range<Int>
    let bias: Range<Int>
    /// Height and width of what it takes and what it gives.
    let input: MapSize
    let output: MapSize

    var outputCount: Int { convolution.outputChannels * output.plane }
    var columnCount: Int { convolution.columnCount(height: input.height, width: input.width) }
}
