// SPDX-License-Identifier: Apache-2.0
/// A convolution's weights as whole numbers, each output channel with a step of its own: weight ≈ integer · step.
package struct QuantizedWeights: Sendable, Equatable {
    /// −128 is left out: so the range is symmetric, and the negative of each number is one.
    package static let largest = 127
    /// Of the weights for input channels 2k and 2k + 1 at one place together, without their signs: with two bytes they make
    /// at most 255 · 128, which fits the 16 bits in which AVX2 adds two products of bytes.
    package static let largestPair = 128
    /// Of an output's weights of one sign together, without it: as many times the largest byte are below 2²⁵, and 64 times
    /// that, as Winograd's method has it, fits 32 bits. Weights of networks stay far below it.
    package static let largestSum = (1 << 25) / 255

    /// [output, input, ky, kx] in −127 … 127.
    package let integers: [Int8]
    /// [output]; zero for a channel whose weights are all zero.
    package let steps: [Double]

    /// The smallest steps that keep within all limits; halves are rounded to even.
    ///
    /// Rounding can't make a pair too large: where two numbers add up to 128 at most, so do the nearest integers, since
    /// not both fractions are above a half unless there is room, and of two halves one goes down.
    ///
    /// - Parameter places: of a kernel, ky · kx.
    package init(_ weights: [Float], outputs: Int, places: Int) {
        precondition(outputs > 0 && places > 0 && weights.count % (outputs * places) == 0, "weights of another shape")
        let perOutput = weights.count / outputs
        var integers: [Int8] = []
        integers.reserveCapacity(weights.count)
        var steps: [Double] = []
        for first in stride(from: 0, to: weights.count, by: perOutput) {
            let row = weights[first..<first + perOutput]
            let step = Self.step(row, places: places)
            steps.append(step)
            for weight in row {
                integers.append(step > 0 ? Int8((Double(weight) / step).rounded(.toNearestOrEven)) : 0)
            }
        }
        self.integers = integers
        self.steps = steps
    }

    private static func step(_ row: ArraySlice<Float>, places: Int) -> Double {
        var (one, pair, positive, negative) = (0.0, 0.0, 0.0, 0.0)
        for (place, weight) in zip(0..., row) {
            one = max(one, Double(abs(weight)))
            if weight > 0 { positive += Double(weight) } else { negative -= Double(weight) }
            guard place / places % 2 == 1 else { continue }
            pair = max(pair, Double(abs(weight)) + Double(abs(row[row.startIndex + place - places])))
        }
        // Each may be rounded up by a half.
        let room = Double(largestSum - (row.count + 1) / 2)
        return max(one / Double(largest), pair / Double(largestPair), max(positive, negative) / room)
    }

    /// Whether weights [output, input, ky, kx] keep within all limits.
    static func areWithinLimits(_ integers: [Int8], inputs: Int, places: Int) -> Bool {
        var (positive, negative) = (0, 0)
        for (place, weight) in integers.enumerated() {
            if place % (inputs * places) == 0 { (positive, negative) = (0, 0) }
            if weight > 0 { positive += Int(weight) } else { negative -= Int(weight) }
            if max(positive, negative) > largestSum { return false }
            if weight == .min { return false }
            guard place / places % inputs % 2 == 1 else { continue }
            if abs(Int(weight)) + abs(Int(integers[place - places])) > largestPair { return false }
        }
        return true
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
    ///   - weights: the step of each output's weights.
    ///   - input: the step of the input's map: value = whole number · step.
    ///   - output: of the output's map; 1 for a map of floats.
    package init(weights: [Double], bias: [Float], input: Float, output: Float) {
        precondition(bias.count == weights.count && input > 0 && output > 0, "a step is above zero")
        factors = weights.map { Float($0 * Double(input) / Double(output)) }
        self.bias = bias.map { Float(Double($0) / Double(output)) }
    }

    /// Bias, then factors, each with room for so many channels.
    func write(to packed: inout MutableSpan<Float>, at start: Int, channels: Int) {
        for (channel, (bias, factor)) in zip(bias, factors).enumerated() {
            packed[start + channel] = bias
            packed[start + channels + channel] = factor
        }
    }
}
