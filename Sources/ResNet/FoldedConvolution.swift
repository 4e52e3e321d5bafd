internal import TensorMath

/// A convolution whose batch norm has been multiplied into its weights; they lie in the network's one weight storage.
struct FoldedConvolution: Sendable {
    let convolution: MatrixConvolution
    let weights: Range<Int>
    let bias: Range<Int>
    /// Height and width of what it takes and what it gives.
    let input: MapSize
    let output: MapSize

    var outputCount: Int { convolution.outputChannels * output.plane }
    var columnCount: Int { convolution.columnCount(height: input.height, width: input.width) }
}

/// Height and width of a map in pixels.
struct MapSize: Sendable, Hashable {
    let height: Int
    let width: Int

    var plane: Int { height * width }

    func output(of window: WindowGeometry) -> MapSize {
        MapSize(height: window.outputExtent(height), width: window.outputExtent(width))
    }
}

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
