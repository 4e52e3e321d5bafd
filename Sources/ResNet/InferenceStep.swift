internal import TensorMath

/// A planned convolution whose batch norm has been multiplied into its weights, packed in the network's weight storage.
struct InferenceStep: Sendable {
    let convolution: BlockedConvolution
    let weights: Range<Int>
    let bias: Range<Int>

    var input: MapLayout { convolution.input }
    var output: MapLayout { convolution.output }
}
