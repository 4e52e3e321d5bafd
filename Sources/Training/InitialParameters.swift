// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import ResNet

/// First weights, drawn from a seed: each tensor from the stream of its own name, so that none depends on the others.
package enum InitialParameters {
    /// A whole network as torchvision initializes it.
    ///
    /// Convolutions normal with variance 2/fanOut (He et al., arXiv 1502.01852; `kaiming_normal_`, `fan_out`), batch norm
    /// at scale 1 and shift 0, the head as PyTorch's `Linear`.
    package static func network(_ layout: ResNet50Layout, seed: UInt64) -> ResNet50Parameters {
        ResNet50Parameters(layout: layout) { tensor($0, of: layout, seed: seed) }
    }

    /// The base's convolutions and batch norms under another head.
    ///
    /// - Parameter kept: so many of the base's own outputs come first; the others are new.
    package static func replacingHead(
        of base: ResNet50Parameters, keeping kept: Int = 0, outputs: Int, seed: UInt64
    ) -> ResNet50Parameters {
        let layout = ResNet50Layout(baseWidth: base.layout.baseWidth, outputs: outputs)
        return ResNet50Parameters(layout: layout) { specification in
            switch specification.role {
            case .linearWeight, .linearBias:
                let width = specification.count / outputs
                let old = kept > 0 ? base[specification.name].prefix(min(kept, outputs) * width) : []
                return Array(old + tensor(specification, of: layout, seed: seed).dropFirst(old.count))
            default: return Array(base[specification.name])
            }
        }
    }

    /// One tensor of a network, the same that a whole new network would have.
    package static func tensor(
        _ specification: ParameterSpecification, of layout: ResNet50Layout, seed: UInt64
    ) -> [Float] {
        var stream = SplitMix64(name: specification.name, seed: seed)
        let (shape, count) = (specification.shape, specification.count)
        switch specification.role {
        case .convolution:
            let fanOut = Double(shape[0] * shape[2] * shape[3])
            return normals(count: count, deviation: (2 / fanOut).squareRoot(), from: &stream)
        case .normalizationScale, .runningVariance: return [Float](repeating: 1, count: count)
        case .normalizationShift, .runningMean: return [Float](repeating: 0, count: count)
        case .linearWeight, .linearBias:
            // kaiming_uniform_ with a = √5 is uniform in ±√(6/(1 + 5)/fanIn), which is the bias's bound too.
            return stream.values(count: count, bound: Float(1 / Double(layout.featureCount).squareRoot()))
        }
    }

    /// Normal numbers by the method of Box and Muller (1958), two from two uniform ones.
    private static func normals(count: Int, deviation: Double, from stream: inout SplitMix64) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(count + 1)
        while values.count < count {
            // In 0 < u ≤ 1, as its logarithm is taken; 53 bits are what a Double holds.
            let radius = (-2 * log(Double(stream.next() >> 11 + 1) * 0x1p-53)).squareRoot() * deviation
            let angle = 2 * Double.pi * Double(stream.next() >> 11) * 0x1p-53
            values.append(Float(radius * cos(angle)))
            values.append(Float(radius * sin(angle)))
        }
        return Array(values.prefix(count))
    }
}
