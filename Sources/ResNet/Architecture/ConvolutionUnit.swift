// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// A convolution without bias and the batch norm behind it: the network's only building stone.
struct ConvolutionUnit: Sendable, Hashable {
    /// Name of the convolution and of its batch norm, such as `layer1.0.conv2` and `layer1.0.bn2`.
    let name: String
    let normalization: String
    let inputChannels: Int
    let outputChannels: Int
    let window: WindowGeometry

    var weightName: String { name + ".weight" }
    var scaleName: String { normalization + ".weight" }
    var shiftName: String { normalization + ".bias" }
    var meanName: String { normalization + ".running_mean" }
    var varianceName: String { normalization + ".running_var" }

    var parameters: [ParameterSpecification] {
        let kernel = window.kernel
        let perChannel = [outputChannels]
        return [
            ParameterSpecification(
                name: weightName, shape: [outputChannels, inputChannels, kernel, kernel], role: .convolution),
            ParameterSpecification(name: scaleName, shape: perChannel, role: .normalizationScale),
            ParameterSpecification(name: shiftName, shape: perChannel, role: .normalizationShift),
            ParameterSpecification(name: meanName, shape: perChannel, role: .runningMean),
            ParameterSpecification(name: varianceName, shape: perChannel, role: .runningVariance),
        ]
    }
}
