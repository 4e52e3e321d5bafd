// SPDX-License-Identifier: Apache-2.0
import Fixtures
import TensorMath
import Testing

/// Weights as whole numbers: near, and within what AVX2 can add in 16 bits and Winograd's method in 32.
struct QuantizedWeightsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// [1, inputs, 1, 1]
        let weights: [Float]
        let integers: [Int8]
        let step: Double
    }

    static let cases = [
        Case(
            testDescription: "the largest is 127", weights: [0.5, 0, -1.27, 0], integers: [50, 0, -127, 0], step: 0.01),
        Case(testDescription: "a pair is 128", weights: [1, 1, 0.25, 0], integers: [64, 64, 16, 0], step: 1 / 64),
        Case(testDescription: "signs don't help", weights: [-1, 1, 0, 0], integers: [-64, 64, 0, 0], step: 1 / 64),
        Case(
            testDescription: "neighbors of other pairs", weights: [0, 127, 127, 0], integers: [0, 127, 127, 0], step: 1),
        Case(testDescription: "the last without a partner", weights: [1, 2, 127], integers: [1, 2, 127], step: 1),
        Case(testDescription: "halves to even", weights: [127, 0, 0.5, 0, 1.5], integers: [127, 0, 0, 0, 2], step: 1),
        Case(testDescription: "two halves", weights: [64.5, 63.5], integers: [64, 64], step: 1),
        Case(testDescription: "nothing but zeros", weights: [0, 0], integers: [0, 0], step: 0),
    ]

    @Test(arguments: cases) func `rounds within all limits`(_ example: Case) {
        let rounded = QuantizedWeights(example.weights, outputs: 1, places: 1)
        #expect(rounded.integers == example.integers)
        #expect(abs(rounded.steps[0] - example.step) <= 1e-7 * example.step)
    }

    @Test(arguments: [(1, 1), (3, 9), (8, 9), (5, 1)]) func `any weights fit`(inputs: Int, places: Int) {
        let weights = pattern(7 * inputs * places, 3)
        let rounded = QuantizedWeights(weights, outputs: 7, places: places)
        for output in 0..<7 {
            for input in 0..<inputs {
                for place in 0..<places {
                    let at = (output * inputs + input) * places + place
                    let error = Double(weights[at]) - Double(rounded.integers[at]) * rounded.steps[output]
                    #expect(abs(error) <= rounded.steps[output] * 0.5000001)
                    if input % 2 == 1 {
                        let pair = abs(Int(rounded.integers[at])) + abs(Int(rounded.integers[at - places]))
                        #expect(pair <= QuantizedWeights.largestPair)
                    }
                }
            }
        }
    }

    @Test(arguments: [1, -1] as [Float]) func `as coarse as many weights of one sign take`(sign: Float) {
        let count = 3000 * 9
        let rounded = QuantizedWeights([Float](repeating: sign, count: count), outputs: 1, places: 9)
        let sum = rounded.integers.reduce(0) { $0 + Int($1.magnitude) }
        #expect(sum <= QuantizedWeights.largestSum && sum > QuantizedWeights.largestSum - count)
    }

    /// A pair, and weights of one sign together.
    @Test(arguments: [[127, 2], [Int8](repeating: 64, count: 2057)])
    func `weights beyond a limit are a programmers error`(weights: [Int8]) async {
        await #expect(processExitsWith: .failure) { [weights] in
            let convolution = QuantizedConvolution(
                window: WindowGeometry(kernel: 1, stride: 1, padding: 0),
                input: .blocked(channels: weights.count, height: 1, width: 1, precision: .int8),
                output: .blocked(channels: 1, height: 1, width: 1, precision: .int8))
            var packed = TensorStorage(count: convolution.weightCount)
            var span = packed.mutableSpan
            convolution.pack(weights: weights, into: &span, at: 0)
        }
    }
}
