// SPDX-License-Identifier: Apache-2.0
/// The two pools of a residual network and their gradients as plain loops.
package enum ReferencePooling {
    /// The largest value under each window; places outside the map never win, a NaN does.
    ///
    /// - Returns: the output, and where in the input each of its values stands. Of several equal values the first in row
    ///   order counts, as PyTorch has it.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func maximumForward<Scalar>(
        _ input: FeatureBatch<Scalar>, window: WindowGeometry
    ) -> (output: FeatureBatch<Scalar>, places: [Int]) {
        var output = FeatureBatch<Scalar>(
            images: input.images, channels: input.channels, height: window.outputExtent(input.height),
            width: window.outputExtent(input.width))
        var places: [Int] = []
        for n in 0..<output.images {
            for channel in 0..<output.channels {
                for y in 0..<output.height {
                    for x in 0..<output.width {
                        places.append(largest(input, image: n, channel: channel, y: y, x: x, window))
                    }
                }
            }
        }
        output.values = places.map { input.values[$0] }
        return (output, places)
    }

    @inline(__always)
    private static func largest<Scalar>(
        _ input: FeatureBatch<Scalar>, image: Int, channel: Int, y: Int, x: Int, _ window: WindowGeometry
    ) -> Int {
        var best: Int?
        for ky in 0..<window.kernel {
            for kx in 0..<window.kernel {
                let inputY = y * window.stride - window.padding + ky
                let inputX = x * window.stride - window.padding + kx
                guard inputY >= 0, inputY < input.height, inputX >= 0, inputX < input.width else { continue }
                let place = input.row(image, channel, inputY) + inputX
                let value = input.values[place]
                if let best, !(value > input.values[best] || value.isNaN) { continue }
                best = place
            }
        }
        guard let best else { preconditionFailure("a window that lies wholly in the padding") }
        return best
    }

    /// Each output's gradient goes to the value that was the largest.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func maximumBackward<Scalar>(
        _ gradient: FeatureBatch<Scalar>, input: FeatureBatch<Scalar>, places: [Int]
    ) -> FeatureBatch<Scalar> {
        var sums = [Double](repeating: 0, count: input.values.count)
        for (place, value) in zip(places, gradient.values) { sums[place] += Double(value) }
        return input.with(sums.map { Scalar($0) })
    }

    /// The mean of each channel's plane: [n, channel, 1, 1].
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func averageForward<Scalar>(_ input: FeatureBatch<Scalar>) -> FeatureBatch<Scalar> {
        let means = (0..<input.images * input.channels).map { plane in
            let values = input.values[plane * input.plane..<(plane + 1) * input.plane]
            return Scalar(values.reduce(0.0) { $0 + Double($1) } / Double(input.plane))
        }
        return FeatureBatch(images: input.images, channels: input.channels, height: 1, width: 1, values: means)
    }

    /// Each value had a part of 1/(h·w) in its plane's mean.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func averageBackward<Scalar>(
        _ gradient: FeatureBatch<Scalar>, input: FeatureBatch<Scalar>
    ) -> FeatureBatch<Scalar> {
        input.with(
            gradient.values.flatMap { value in
                [Scalar](repeating: Scalar(Double(value) / Double(input.plane)), count: input.plane)
            })
    }
}
