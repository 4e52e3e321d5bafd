// SPDX-License-Identifier: Apache-2.0
/// Batch norm in training mode and its gradients as plain loops (arXiv 1502.03167), per channel over all images.
///
/// With N values a channel, μ their mean and σ² = Σ(x − μ)²/N (biased):
///   x̂ = (x − μ)/√(σ² + ε), y = γ·x̂ + β
/// The running variance takes the unbiased Σ(x − μ)²/(N − 1), as PyTorch's does.
package enum ReferenceBatchNormalization {
    /// What a batch says of each channel, kept for the backward pass.
    package struct Statistics: Sendable, Equatable {
        /// One for each channel, over all images and pixels.
        package var mean: [Double]
        /// Biased.
        package var variance: [Double]
        /// Values a channel.
        package var count: Int

        /// γ·x̂'s denominator turned over, 1/√(σ² + ε).
        package func inverseDeviation(_ channel: Int, epsilon: Double) -> Double {
            1 / (variance[channel] + epsilon).squareRoot()
        }

        /// running ← (1 − momentum)·running + momentum·(mean, unbiased variance).
        @specialized(where Scalar == Float)
        @specialized(where Scalar == Double)
        package func update<Scalar: BinaryFloatingPoint>(
            runningMean: inout [Scalar], runningVariance: inout [Scalar], momentum: Double
        ) {
            for channel in mean.indices {
                let unbiased = variance[channel] * Double(count) / Double(count - 1)
                runningMean[channel] = Scalar(Double(runningMean[channel]) * (1 - momentum) + mean[channel] * momentum)
                runningVariance[channel] = Scalar(
                    Double(runningVariance[channel]) * (1 - momentum) + unbiased * momentum)
            }
        }
    }

    /// Each channel's mean and biased variance over all images and pixels, summed in doubles.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func statistics<Scalar>(_ input: FeatureBatch<Scalar>) -> Statistics {
        let count = input.images * input.plane
        var mean = [Double](repeating: 0, count: input.channels)
        var variance = mean
        forEachValue(input) { channel, place in mean[channel] += Double(input.values[place]) / Double(count) }
        forEachValue(input) { channel, place in
            let deviation = Double(input.values[place]) - mean[channel]
            variance[channel] += deviation * deviation / Double(count)
        }
        return Statistics(mean: mean, variance: variance, count: count)
    }

    /// scale · (x − mean) / √(variance + epsilon) + shift, channel by channel (Ioffe, Szegedy 2015, algorithm 1).
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func forward<Scalar>(
        _ input: FeatureBatch<Scalar>, scale: [Scalar], shift: [Scalar], statistics: Statistics, epsilon: Double
    ) -> FeatureBatch<Scalar> {
        let inverse = (0..<input.channels).map { statistics.inverseDeviation($0, epsilon: epsilon) }
        var output = input
        forEachValue(input) { channel, place in
            let normalized = (Double(input.values[place]) - statistics.mean[channel]) * inverse[channel]
            output.values[place] = Scalar(Double(scale[channel]) * normalized + Double(shift[channel]))
        }
        return output
    }

    /// With g the gradient of y: ∂γ = Σ g·x̂, ∂β = Σ g, ∂x = γ/√(σ² + ε) · (g − ∂β/N − x̂·∂γ/N).
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func backward<Scalar>(
        _ gradient: FeatureBatch<Scalar>, input: FeatureBatch<Scalar>, scale: [Scalar], statistics: Statistics,
        epsilon: Double
    ) -> (input: FeatureBatch<Scalar>, scale: [Scalar], shift: [Scalar]) {
        let inverse = (0..<input.channels).map { statistics.inverseDeviation($0, epsilon: epsilon) }
        let count = Double(statistics.count)
        var scaleGradient = [Double](repeating: 0, count: input.channels)
        var shiftGradient = scaleGradient
        func normalized(_ channel: Int, _ place: Int) -> Double {
            (Double(input.values[place]) - statistics.mean[channel]) * inverse[channel]
        }
        forEachValue(input) { channel, place in
            shiftGradient[channel] += Double(gradient.values[place])
            scaleGradient[channel] += Double(gradient.values[place]) * normalized(channel, place)
        }
        var inputGradient = input
        forEachValue(input) { channel, place in
            let common = (shiftGradient[channel] + normalized(channel, place) * scaleGradient[channel]) / count
            inputGradient.values[place] = Scalar(
                Double(scale[channel]) * inverse[channel] * (Double(gradient.values[place]) - common))
        }
        return (inputGradient, scaleGradient.map { Scalar($0) }, shiftGradient.map { Scalar($0) })
    }

    @inline(__always)
    private static func forEachValue<Scalar>(_ batch: FeatureBatch<Scalar>, _ body: (Int, Int) -> Void) {
        for n in 0..<batch.images {
            for channel in 0..<batch.channels {
                let start = batch.row(n, channel, 0)
                for place in start..<start + batch.plane { body(channel, place) }
            }
        }
    }
}
