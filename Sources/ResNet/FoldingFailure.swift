/// Weights that cannot be folded.
package struct FoldingFailure: Error, Equatable, CustomStringConvertible {
    package let parameter: String
    package let description: String
}

extension ConvolutionUnit {
    /// w' = w · γ/√(σ² + ε) and b' = β − μ · γ/√(σ² + ε), computed in Double and rounded once.
    func folded(_ parameters: ResNet50Parameters) throws(FoldingFailure) -> (weights: [Float], bias: [Float]) {
        var weights = Array(parameters[weightName])
        let (scale, shift) = (Array(parameters[scaleName]), Array(parameters[shiftName]))
        let (mean, variance) = (Array(parameters[meanName]), Array(parameters[varianceName]))
        var bias = [Float](repeating: 0, count: outputChannels)
        let perChannel = weights.count / outputChannels
        for channel in 0..<outputChannels {
            let spread = Double(variance[channel]) + ResNet50Layout.normalizationEpsilon
            guard spread > 0 else { throw FoldingFailure(variance: variance[channel], in: varianceName) }
            let factor = Double(scale[channel]) / spread.squareRoot()
            for place in channel * perChannel..<(channel + 1) * perChannel {
                weights[place] = Float(Double(weights[place]) * factor)
            }
            bias[channel] = Float(Double(shift[channel]) - Double(mean[channel]) * factor)
        }
        return (weights, bias)
    }
}

extension FoldingFailure {
    fileprivate init(variance: Float, in parameter: String) {
        self.init(parameter: parameter, description: "\(parameter) holds the variance \(variance), which is negative")
    }
}
