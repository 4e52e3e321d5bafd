// SPDX-License-Identifier: Apache-2.0
/// Weights that cannot be folded.
package struct FoldingFailure: Error, Equatable, CustomStringConvertible {
    /// By torchvision's name.
    package let parameter: String
    package let description: String
}

/// Why weights could not be packed: they could not be read, or not be folded.
package enum PackingFailure<Reading: Error>: Error {
    case reading(Reading)
    case folding(FoldingFailure)
}

extension ConvolutionUnit {
    /// w' = w · γ/√(σ² + ε) and b' = β − μ · γ/√(σ² + ε), computed in Double and rounded once.
    ///
    /// - Parameter read: gives one of the unit's tensors.
    func folded<Failure: Error>(
        reading read: (ParameterSpecification) throws(Failure) -> [Float]
    ) throws(PackingFailure<Failure>) -> (weights: [Float], bias: [Float]) {
        var tensors: [[Float]] = []
        for specification in parameters { tensors.append(try specification.values(read)) }
        var weights = tensors.removeFirst()
        let (scale, shift, mean, variance) = (tensors[0], tensors[1], tensors[2], tensors[3])
        var bias = [Float](repeating: 0, count: outputChannels)
        let perChannel = weights.count / outputChannels
        for channel in 0..<outputChannels {
            let spread = Double(variance[channel]) + ResNet50Layout.normalizationEpsilon
            guard spread > 0 else {
                throw .folding(FoldingFailure(variance: variance[channel], in: varianceName))
            }
            let factor = Double(scale[channel]) / spread.squareRoot()
            for place in channel * perChannel..<(channel + 1) * perChannel {
                weights[place] = Float(Double(weights[place]) * factor)
            }
            bias[channel] = Float(Double(shift[channel]) - Double(mean[channel]) * factor)
        }
        return (weights, bias)
    }

    /// The same from parameters that are in memory.
    func folded(_ parameters: ResNet50Parameters) throws(FoldingFailure) -> (weights: [Float], bias: [Float]) {
        do throws(PackingFailure<Never>) {
            return try folded { (specification) throws(Never) in Array(parameters[specification.name]) }
        } catch {
            switch error {
            case .folding(let failure): throw failure
            }
        }
    }
}

extension ParameterSpecification {
    /// What `read` gives for this tensor.
    func values<Failure: Error>(
        _ read: (ParameterSpecification) throws(Failure) -> [Float]
    ) throws(PackingFailure<Failure>) -> [Float] {
        let values: [Float]
        do throws(Failure) {
            values = try read(self)
        } catch {
            throw .reading(error)
        }
        precondition(values.count == count, "\(name) has another number of values")
        return values
    }
}

extension FoldingFailure {
    fileprivate init(variance: Float, in parameter: String) {
        self.init(parameter: parameter, description: "\(parameter) holds the variance \(variance), which is negative")
    }
}
