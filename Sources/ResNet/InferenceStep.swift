internal import TensorMath

/// A planned convolution whose batch norm has been multiplied into its weights, packed in the network's weight storage.
struct InferenceStep: Sendable {
    /// How the convolution is computed.
    enum Method: Sendable {
        case direct(BlockedConvolution)
        case winograd(WinogradConvolution)
    }

    let method: Method
    let weights: Range<Int>
    let bias: Range<Int>

    var input: MapLayout {
        switch method {
        case .direct(let convolution): convolution.input
        case .winograd(let convolution): convolution.input
        }
    }

    var output: MapLayout {
        switch method {
        case .direct(let convolution): convolution.output
        case .winograd(let convolution): convolution.output
        }
    }

    /// Floats of scratch that the step needs while it runs.
    func scratchCount(on team: ComputeTeam) -> Int {
        switch method {
        case .direct: 0
        case .winograd(let convolution): convolution.scratchCount(on: team)
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
        }
        for (place, value) in zip(bias, values.bias) { target[place] = value }
    }

    /// The packed weights of one output of a linear layer [inputs].
    func weights(of output: Int, in storage: Span<Float>) -> [Float] {
        guard case .direct(let convolution) = method else { preconditionFailure("a linear layer is computed directly") }
        return (0..<input.channels).map {
            storage[weights.lowerBound + convolution.place(ofOutput: output, input: $0)]
        }
    }
}

extension InferenceStep.Method {
    var letter: String {
        switch self {
        case .direct: "d"
        case .winograd(let convolution): String(convolution.size.rawValue)
        }
    }

    /// Floats of the packed weights and of the packed bias.
    var counts: (weights: Int, bias: Int) {
        switch self {
        case .direct(let convolution): (convolution.weightCount, convolution.biasCount)
        case .winograd(let convolution): (convolution.weightCount, convolution.biasCount)
        }
    }
}
