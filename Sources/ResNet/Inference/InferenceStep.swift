// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// A planned convolution whose batch norm has been multiplied into its weights, packed in the network's weight storage.
struct InferenceStep: Sendable {
    /// How the convolution is computed.
    enum Method: Sendable {
        case direct(BlockedConvolution)
        case winograd(WinogradConvolution)
        case quantized(QuantizedUnit)
        case quantizedStem(QuantizedStem)
    }

    let method: Method
    let weights: Range<Int>
    let bias: Range<Int>

    /// Floats of storage that hold the map that it reads.
    var inputCount: Int {
        switch method {
        case .direct(let convolution): convolution.input.count
        case .winograd(let convolution): convolution.input.count
        case .quantized(let unit): unit.convolution.input.count
        case .quantizedStem(let stem): stem.convolution.imageCount
        }
    }

    var output: MapLayout {
        switch method {
        case .direct(let convolution): convolution.output
        case .winograd(let convolution): convolution.output
        case .quantized(let unit): unit.convolution.output
        case .quantizedStem(let stem): stem.convolution.output
        }
    }

    /// Floats of scratch that the step needs while it runs.
    func scratchCount(on engine: ComputeEngine) -> Int {
        switch method {
        case .direct, .quantizedStem: 0
        case .winograd(let convolution): convolution.scratchCount(on: engine.team)
        case .quantized(let unit): unit.convolution.scratchCount(on: engine)
        }
    }

    /// Puts folded weights [output, input, ky, kx] and bias into their place of the network's storage.
    func pack(_ values: (weights: [Float], bias: [Float]), into storage: inout TensorStorage) {
        var target = storage.mutableSpan
        switch method {
        case .direct(let convolution):
            convolution.pack(weights: values.weights.span, into: &target, at: weights.lowerBound)
        case .winograd(let convolution):
            convolution.pack(weights: values.weights.span, into: &target, at: weights.lowerBound)
        case .quantized(let unit):
            unit.pack(values, into: &target, weights: weights.lowerBound, scaling: bias.lowerBound)
            return
        case .quantizedStem(let stem):
            stem.pack(values, into: &target, weights: weights.lowerBound, scaling: bias.lowerBound)
            return
        }
        for (place, value) in zip(bias, values.bias) { target[place] = value }
    }

    /// A linear layer's weights of one output [inputs], and its bias.
    func row(of output: Int, in storage: borrowing PackedWeights) -> (weights: [Float], bias: Float) {
        guard case .direct(let convolution) = method else { preconditionFailure("a linear layer is computed directly") }
        let values = storage.span
        var row: [Float] = []
        for channel in 0..<convolution.input.channels {
            row.append(values[weights.lowerBound + convolution.place(ofOutput: output, input: channel)])
        }
        return (row, values[bias.lowerBound + output])
    }
}

extension InferenceStep.Method {
    var letter: String {
        switch self {
        case .direct: "d"
        case .winograd(let convolution): String(convolution.tile.outputs)
        case .quantized: "q"
        case .quantizedStem: "w"
        }
    }

    var name: String {
        switch self {
        case .direct: "direct"
        case .winograd(let convolution):
            "Winograd \(convolution.tile.outputs)×\(convolution.tile == .image ? 1 : convolution.tile.outputs)"
        case .quantized: "bytes"
        case .quantizedStem: "words"
        }
    }

    /// Words of the packed weights, and of the packed bias with what lies beside it.
    var counts: (weights: Int, bias: Int) {
        switch self {
        case .direct(let convolution): (convolution.weightCount, convolution.biasCount)
        case .winograd(let convolution): (convolution.weightCount, convolution.biasCount)
        case .quantized(let unit): (unit.convolution.weightCount, unit.convolution.scalingCount)
        case .quantizedStem(let stem): (stem.convolution.weightCount, stem.convolution.scalingCount)
        }
    }
}
