// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// A convolution and its batch norm with what a training step keeps of them.
struct TrainingUnit {
    let convolution: TrainingConvolution
    let normalization: TrainingNormalization
    let weights: TensorSlice
    let weightGradient: TensorSlice
    /// The convolution's output, kept for the backward pass.
    let convolved: BlockedMap

    /// - Parameter precision: what the unit's maps are made of, other than an image.
    init(
        _ unit: ConvolutionUnit, input: MapLayout, precision: Precision, parameters: TrainingParameters,
        memory: TrainingMemory
    ) {
        let size = MapSize(input).output(of: unit.window)
        let output = MapLayout.blocked(
            images: input.images, channels: unit.outputChannels, height: size.height, width: size.width,
            precision: precision)
        convolution = TrainingConvolution(window: unit.window, input: input, output: output)
        normalization = TrainingNormalization(
            layout: output,
            parameters: TrainingNormalization.Parameters(
                scale: parameters.slice(unit.scaleName), shift: parameters.slice(unit.shiftName),
                scaleGradient: parameters.gradient(unit.scaleName),
                shiftGradient: parameters.gradient(unit.shiftName),
                runningMean: parameters.slice(unit.meanName),
                runningVariance: parameters.slice(unit.varianceName)),
            table: memory.take(TrainingNormalization.tableCount(output)),
            epsilon: ResNet50Layout.normalizationEpsilon)
        weights = parameters.slice(unit.weightName)
        weightGradient = parameters.gradient(unit.weightName)
        convolved = memory.map(output)
    }

    /// Convolves and gathers the statistics that the normalization will need.
    func convolve(_ input: BlockedMap, _ workspace: TrainingWorkspace) {
        convolution.forward(
            input, weights: weights, scratch: workspace.scratch, on: workspace.engine, into: convolved)
        normalization.gatherStatistics(convolved, sums: workspace.sums, on: workspace.engine)
    }

    /// Where ReLU follows: from the gradient behind it to the gradients of all parameters.
    ///
    /// - Parameter result: takes the gradient of the convolution's output.
    func backward(
        _ gradient: BlockedMap, input: BlockedMap, into result: BlockedMap, _ workspace: TrainingWorkspace
    ) {
        let engine = workspace.engine
        normalization.backwardToParameters(gradient, input: convolved, sums: workspace.sums, on: engine)
        normalization.backwardToInput(gradient, input: convolved, on: engine, into: result)
        backwardToWeights(result, input: input, workspace)
    }

    /// From the gradient of the sum before the block's ReLU to the weights'; the normalization's are known.
    func backward(
        masked gradient: BlockedMap, input: BlockedMap, into result: BlockedMap, _ workspace: TrainingWorkspace
    ) {
        normalization.backwardToInput(masked: gradient, input: convolved, on: workspace.engine, into: result)
        backwardToWeights(result, input: input, workspace)
    }

    private func backwardToWeights(_ gradient: BlockedMap, input: BlockedMap, _ workspace: TrainingWorkspace) {
        convolution.backwardToWeights(
            gradient, input: input, scratch: workspace.scratch, on: workspace.engine, into: weightGradient)
    }

    /// The gradient of the unit's input from that of the convolution's output.
    ///
    /// - Parameter signs: of the input, where it is a block's: the gradient becomes that of the sum before its ReLU.
    func backwardToInput(
        _ gradient: BlockedMap, into result: BlockedMap, where signs: SignMap? = nil, _ workspace: TrainingWorkspace
    ) {
        convolution.backwardToInput(
            gradient, weights: weights, scratch: workspace.scratch, on: workspace.engine, into: result, where: signs)
    }

    /// The same, added to what other paths brought.
    func backwardToInput(
        _ gradient: BlockedMap, addingTo result: BlockedMap, where signs: SignMap?, _ workspace: TrainingWorkspace
    ) {
        convolution.backwardToInput(
            gradient, weights: weights, scratch: workspace.scratch, on: workspace.engine, addingTo: result,
            where: signs)
    }
}
