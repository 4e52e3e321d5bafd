// SPDX-License-Identifier: Apache-2.0
/// A convolution without bias and its two gradients as plain loops, written to be read; any kernel, stride and padding.
///
/// Shapes: input [n, i, h, w], weights [o, i, ky, kx], output [n, o, y, x]; an output's window begins at
/// y · stride − padding. Sums run in Double and are rounded once.
package enum ReferenceConvolution {
    /// output[n, o, y, x] = Σ weights[o, i, ky, kx] · input[n, i, y·s − p + ky, x·s − p + kx]
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func forward<Scalar>(
        _ input: FeatureBatch<Scalar>, weights: [Scalar], outputChannels: Int, window: WindowGeometry
    ) -> FeatureBatch<Scalar> {
        precondition(weights.count == outputChannels * input.channels * window.kernel * window.kernel)
        var output = FeatureBatch<Scalar>(
            images: input.images, channels: outputChannels, height: window.outputExtent(input.height),
            width: window.outputExtent(input.width))
        var sums = [Double](repeating: 0, count: output.values.count)
        forEachProduct(input, output, window) { place, weight, source in
            sums[place] += Double(weights[weight]) * Double(input.values[source])
        }
        output.values = sums.map { Scalar($0) }
        return output
    }

    /// Every product of the forward pass, seen from its output's gradient: it goes to the weight times the input, and to
    /// the input times the weight.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func backward<Scalar>(
        _ gradient: FeatureBatch<Scalar>, input: FeatureBatch<Scalar>, weights: [Scalar], window: WindowGeometry
    ) -> (input: FeatureBatch<Scalar>, weights: [Scalar]) {
        precondition(weights.count == gradient.channels * input.channels * window.kernel * window.kernel)
        var inputGradient = [Double](repeating: 0, count: input.values.count)
        var weightGradient = [Double](repeating: 0, count: weights.count)
        forEachProduct(input, gradient, window) { place, weight, source in
            inputGradient[source] += Double(gradient.values[place]) * Double(weights[weight])
            weightGradient[weight] += Double(gradient.values[place]) * Double(input.values[source])
        }
        return (input.with(inputGradient.map { Scalar($0) }), weightGradient.map { Scalar($0) })
    }

    /// Calls body(place in the output, place in the weights, place in the input) for each product of the convolution.
    @inline(__always)
    private static func forEachProduct<Scalar>(
        _ input: FeatureBatch<Scalar>, _ output: FeatureBatch<Scalar>, _ window: WindowGeometry,
        _ body: (Int, Int, Int) -> Void
    ) {
        for n in 0..<output.images {
            for o in 0..<output.channels {
                for y in 0..<output.height {
                    for x in 0..<output.width {
                        forEachWeight(input, image: n, output: o, y: y, x: x, window) { weight, source in
                            body(output.row(n, o, y) + x, weight, source)
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func forEachWeight<Scalar>(
        _ input: FeatureBatch<Scalar>, image n: Int, output o: Int, y: Int, x: Int, _ window: WindowGeometry,
        _ body: (Int, Int) -> Void
    ) {
        for i in 0..<input.channels {
            for ky in 0..<window.kernel {
                for kx in 0..<window.kernel {
                    let inputY = y * window.stride - window.padding + ky
                    let inputX = x * window.stride - window.padding + kx
                    guard inputY >= 0, inputY < input.height, inputX >= 0, inputX < input.width else { continue }
                    let weight = ((o * input.channels + i) * window.kernel + ky) * window.kernel + kx
                    body(weight, input.row(n, i, inputY) + inputX)
                }
            }
        }
    }
}
