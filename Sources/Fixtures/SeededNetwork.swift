// SPDX-License-Identifier: Apache-2.0
package import ResNet

/// Networks whose every weight follows from its name and a seed; no weight file is needed anywhere.
package enum SeededNetwork {
    /// Channels after the stem of the network that most tests run: an eighth of the real one.
    package static let narrowWidth = 8

    /// The recipe that `Tests/ResNetTests/Golden/seeded_resnet50.py` has too, bit for bit.
    ///
    /// He bounds keep the signal's size through the layers; the last scale of a block is a quarter, or sixteen residual
    /// sums would let it grow.
    package static func parameters(layout: ResNet50Layout, seed: UInt64) -> ResNet50Parameters {
        ResNet50Parameters(layout: layout) { specification in
            var stream = SplitMix64(name: specification.name, seed: seed)
            let (center, bound) = distribution(specification)
            let values = stream.values(count: specification.count, bound: bound)
            return center == 0 ? values : values.map { center + $0 }
        }
    }

    /// Middle and half-width of the uniform distribution that a tensor is drawn from.
    private static func distribution(_ specification: ParameterSpecification) -> (center: Float, bound: Float) {
        let fanIn = Double(specification.shape.dropFirst().reduce(1, *))
        switch specification.role {
        case .convolution: return (0, Float((6 / fanIn).squareRoot()))
        case .normalizationScale: return specification.name.hasSuffix("bn3.weight") ? (0.25, 0.0625) : (1, 0.25)
        case .normalizationShift, .runningMean: return (0, 0.2)
        case .runningVariance: return (1, 0.5)
        case .linearWeight: return (0, Float(0.5 * (3 / fanIn).squareRoot()))
        case .linearBias: return (0, 0.5)
        }
    }
}
