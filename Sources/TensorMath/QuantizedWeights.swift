// SPDX-License-Identifier: Apache-2.0
/// A convolution's weights as whole numbers, each output channel with a step of its own: weight ≈ integer · step.
package struct QuantizedWeights: Sendable, Equatable {
    /// −128 is left out: so the range is symmetric, and the negative of each number is one.
    package static let largest = 127.0

    /// [output, input, ky, kx] in −127 … 127.
    package let integers: [Int8]
    /// [output]; zero for a channel whose weights are all zero.
    package let steps: [Double]

    /// The largest weight of a channel becomes 127 or −127; halves are rounded to even.
    package init(_ weights: [Float], outputs: Int) {
        precondition(outputs > 0 && weights.count % outputs == 0, "weights of another shape")
        let perOutput = weights.count / outputs
        var integers: [Int8] = []
        integers.reserveCapacity(weights.count)
        var steps: [Double] = []
        for first in stride(from: 0, to: weights.count, by: perOutput) {
            let row = weights[first..<first + perOutput]
            let step = row.reduce(0) { max($0, Double(abs($1))) } / Self.largest
            steps.append(step)
            for weight in row {
                integers.append(step > 0 ? Int8((Double(weight) / step).rounded(.toNearestOrEven)) : 0)
            }
        }
        self.integers = integers
        self.steps = steps
    }
}

/// What a convolution's sum of integers is multiplied by, and what is added, in steps of the output.
package struct QuantizedScaling: Sendable, Equatable {
    /// [output]
    package let factors: [Float]
    /// [output]
    package let bias: [Float]

    package init(factors: [Float], bias: [Float]) {
        precondition(factors.count == bias.count, "one of each for an output")
        self.factors = factors
        self.bias = bias
    }

    /// - Parameters:
    ///   - input: the step of the input's map: value = byte · step.
    ///   - output: of the output's map; 1 for a map of floats.
    package init(_ weights: QuantizedWeights, bias: [Float], input: Float, output: Float) {
        precondition(bias.count == weights.steps.count && input > 0 && output > 0, "a step is above zero")
        factors = weights.steps.map { Float($0 * Double(input) / Double(output)) }
        self.bias = bias.map { Float(Double($0) / Double(output)) }
    }
}
