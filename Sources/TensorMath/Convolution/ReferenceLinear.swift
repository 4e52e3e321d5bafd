// SPDX-License-Identifier: Apache-2.0
/// W·x + b and its gradients as plain loops; x [n, i], W [o, i], b [o], y [n, o].
package enum ReferenceLinear {
    /// y[n, o] = Σ W[o, i]·x[n, i] + b[o], summed in doubles.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func forward<Scalar: BinaryFloatingPoint>(
        _ input: [Scalar], weights: [Scalar], bias: [Scalar]
    ) -> [Scalar] {
        let width = weights.count / bias.count
        precondition(weights.count == width * bias.count && input.count % width == 0)
        return (0..<input.count / width * bias.count).map { place in
            let (n, o) = (place / bias.count, place % bias.count)
            let sum = (0..<width).reduce(Double(bias[o])) {
                $0 + Double(weights[o * width + $1]) * Double(input[n * width + $1])
            }
            return Scalar(sum)
        }
    }

    /// ∂x[n, i] = Σ g[n, o]·W[o, i], ∂W[o, i] = Σ g[n, o]·x[n, i], ∂b[o] = Σ g[n, o].
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func backward<Scalar: BinaryFloatingPoint>(
        _ gradient: [Scalar], input: [Scalar], weights: [Scalar], outputs: Int
    ) -> (input: [Scalar], weights: [Scalar], bias: [Scalar]) {
        let width = weights.count / outputs
        var inputGradient = [Double](repeating: 0, count: input.count)
        var weightGradient = [Double](repeating: 0, count: weights.count)
        var biasGradient = [Double](repeating: 0, count: outputs)
        for (place, value) in gradient.enumerated() {
            let (n, o) = (place / outputs, place % outputs)
            biasGradient[o] += Double(value)
            for i in 0..<width {
                inputGradient[n * width + i] += Double(value) * Double(weights[o * width + i])
                weightGradient[o * width + i] += Double(value) * Double(input[n * width + i])
            }
        }
        return (inputGradient.map { Scalar($0) }, weightGradient.map { Scalar($0) }, biasGradient.map { Scalar($0) })
    }
}
