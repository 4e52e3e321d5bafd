// SPDX-License-Identifier: Apache-2.0
/// Every layer of the forward pass as plain loops, written to be read.
///
/// Slow and kept for ever: each fast path is tested against these. Sums run in Double and are rounded once, so that
/// a difference is the fast path's. Axes: o output channel, i input channel, y and x output place, ky and kx kernel place.
package enum ReferenceLayers {
    /// A·B with A [rows, inner], B [inner, columns].
    package static func product(_ a: [Float], _ b: [Float], rows: Int, inner: Int, columns: Int) -> [Float] {
        var result = [Float](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for column in 0..<columns {
                var sum = 0.0
                for k in 0..<inner { sum += Double(a[row * inner + k]) * Double(b[k * columns + column]) }
                result[row * columns + column] = Float(sum)
            }
        }
        return result
    }

    /// Cross-correlation without bias; weights [o, i, ky, kx].
    package static func convolution(
        _ input: FeatureMap, weights: [Float], outputChannels: Int, window: WindowGeometry
    ) -> FeatureMap {
        precondition(weights.count == outputChannels * input.channels * window.kernel * window.kernel)
        var output = FeatureMap(
            channels: outputChannels, height: window.outputExtent(input.height),
            width: window.outputExtent(input.width))
        for o in 0..<outputChannels {
            for y in 0..<output.height {
                for x in 0..<output.width {
                    output[o, y, x] = correlation(input, weights, output: o, y: y, x: x, window)
                }
            }
        }
        return output
    }

    private static func correlation(
        _ input: FeatureMap, _ weights: [Float], output o: Int, y: Int, x: Int, _ window: WindowGeometry
    ) -> Float {
        let kernel = window.kernel
        var sum = 0.0
        for i in 0..<input.channels {
            for ky in 0..<kernel {
                for kx in 0..<kernel {
                    let inputY = y * window.stride - window.padding + ky
                    let inputX = x * window.stride - window.padding + kx
                    guard inputY >= 0, inputY < input.height, inputX >= 0, inputX < input.width else { continue }
                    let weight = weights[((o * input.channels + i) * kernel + ky) * kernel + kx]
                    sum += Double(weight) * Double(input[i, inputY, inputX])
                }
            }
        }
        return Float(sum)
    }

    /// γ·(x − μ) / √(σ² + ε) + β per channel, with the running statistics (arXiv 1502.03167, inference form).
    package static func batchNormalization(
        _ input: FeatureMap, scale: [Float], shift: [Float], mean: [Float], variance: [Float], epsilon: Double
    ) -> FeatureMap {
        var output = input
        let plane = input.height * input.width
        for channel in 0..<input.channels {
            let factor = Double(scale[channel]) / (Double(variance[channel]) + epsilon).squareRoot()
            for place in channel * plane..<(channel + 1) * plane {
                let centered = Double(input.values[place]) - Double(mean[channel])
                output.values[place] = Float(centered * factor + Double(shift[channel]))
            }
        }
        return output
    }

    /// max(x, 0).
    package static func rectified(_ input: FeatureMap) -> FeatureMap {
        var output = input
        for place in output.values.indices { output.values[place] = max(output.values[place], 0) }
        return output
    }

    /// a + b, of equal shapes.
    package static func sum(_ a: FeatureMap, _ b: FeatureMap) -> FeatureMap {
        precondition(a.values.count == b.values.count && a.channels == b.channels)
        var output = a
        for place in output.values.indices { output.values[place] += b.values[place] }
        return output
    }

    /// The largest value under the window; places outside the map never win.
    package static func maximumPool(_ input: FeatureMap, window: WindowGeometry) -> FeatureMap {
        var output = FeatureMap(
            channels: input.channels, height: window.outputExtent(input.height),
            width: window.outputExtent(input.width))
        for channel in 0..<input.channels {
            for y in 0..<output.height {
                for x in 0..<output.width {
                    output[channel, y, x] = largest(input, channel: channel, y: y, x: x, window)
                }
            }
        }
        return output
    }

    private static func largest(
        _ input: FeatureMap, channel: Int, y: Int, x: Int, _ window: WindowGeometry
    ) -> Float {
        var best = -Float.infinity
        for ky in 0..<window.kernel {
            for kx in 0..<window.kernel {
                let inputY = y * window.stride - window.padding + ky
                let inputX = x * window.stride - window.padding + kx
                guard inputY >= 0, inputY < input.height, inputX >= 0, inputX < input.width else { continue }
                best = max(best, input[channel, inputY, inputX])
            }
        }
        return best
    }

    /// The mean of each channel's plane.
    package static func globalAveragePool(_ input: FeatureMap) -> [Float] {
        let plane = input.height * input.width
        return (0..<input.channels).map { channel in
            var sum = 0.0
            for place in channel * plane..<(channel + 1) * plane { sum += Double(input.values[place]) }
            return Float(sum / Double(plane))
        }
    }

    /// W·x + b with W [outputs, inputs].
    package static func linear(_ input: [Float], weights: [Float], bias: [Float]) -> [Float] {
        precondition(weights.count == input.count * bias.count)
        return bias.indices.map { output in
            var sum = Double(bias[output])
            for k in input.indices { sum += Double(weights[output * input.count + k]) * Double(input[k]) }
            return Float(sum)
        }
    }
}
