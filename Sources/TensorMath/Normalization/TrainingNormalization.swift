// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// Batch norm in training mode on a blocked map, with what stands beside it: ReLU, the residual sum.
///
/// ReferenceBatchNormalization says what it computes. Kernels sum over each image; the few numbers of a channel are then
/// finished here, in Double.
package struct TrainingNormalization {
    /// The layer's parameters, their gradients and its running statistics; [planes · 16] each.
    package struct Parameters {
        package let scale, shift, scaleGradient, shiftGradient, runningMean, runningVariance: TensorSlice

        package init(
            scale: TensorSlice, shift: TensorSlice, scaleGradient: TensorSlice, shiftGradient: TensorSlice,
            runningMean: TensorSlice, runningVariance: TensorSlice
        ) {
            self.scale = scale
            self.shift = shift
            self.scaleGradient = scaleGradient
            self.shiftGradient = shiftGradient
            self.runningMean = runningMean
            self.runningVariance = runningVariance
        }
    }

    /// Of the map that it normalizes.
    package let layout: MapLayout
    let parameters: Parameters
    private let epsilon: Double
    private let momentum: Double
    let table: ChannelTable

    /// - Parameter table: memory of `tableCount` floats that no other layer writes.
    package init(
        layout: MapLayout, parameters: Parameters, table: TensorSlice, epsilon: Double, momentum: Double = 0.1
    ) {
        let count = layout.planes * MapLayout.blockLanes
        precondition(parameters.scale.count == count && parameters.runningMean.count == count, "another shape")
        precondition(
            layout.images * layout.height * layout.width > 1, "a batch norm needs more than one value a channel")
        self.layout = layout
        self.parameters = parameters
        self.table = ChannelTable(memory: table, channels: count)
        self.epsilon = epsilon
        self.momentum = momentum
    }

    /// Floats of the tables of a layer: a few values for each channel, those that fill up the last block included.
    package static func tableCount(_ layout: MapLayout) -> Int {
        ChannelTable.Row.allCases.count * layout.planes * MapLayout.blockLanes
    }

    /// Floats of scratch for the sums over images.
    package static func sumCount(_ layout: MapLayout) -> Int {
        3 * layout.planes * layout.images * MapLayout.blockLanes
    }

    /// Values a channel.
    private var count: Double { Double(layout.images * layout.height * layout.width) }

    /// Mean and variance of the batch, into the layer's table and the running statistics.
    package func gatherStatistics(_ input: BlockedMap, sums: TensorSlice, on engine: ComputeEngine) {
        precondition(input.layout == layout && sums.count >= Self.sumCount(layout), "maps of another layer")
        var task = unsafe ck_statistics(input: input.kernelMap, extent: layout.extent, sums: sums.pointer)
        unsafe engine.run(engine.mapKernels(layout.precision).statistics, &task, layout.extent)
        let (sums, origins, lanes) = (sums.span, input.span, MapLayout.blockLanes)
        for channel in 0..<table.channels {
            let (block, lane) = (channel / lanes, channel % lanes)
            var (sum, squares) = (0.0, 0.0)
            for image in 0..<layout.images {
                let place = (block * layout.images + image) * 2 * lanes + lane
                sum += Double(sums[place])
                squares += Double(sums[place + lanes])
            }
            let shift = sum / count
            let origin = Double(layout.element(block * layout.planePitch + lane, of: origins))
            finish(channel, mean: origin + shift, variance: max(squares / count - shift * shift, 0))
        }
    }

    private func finish(_ channel: Int, mean: Double, variance: Double) {
        let inverse = 1 / (variance + epsilon).squareRoot()
        let factor = Double(parameters.scale.span[channel]) * inverse
        table.set(.mean, channel, mean)
        table.set(.inverseDeviation, channel, inverse)
        table.set(.factor, channel, factor)
        table.set(.offset, channel, Double(parameters.shift.span[channel]) - mean * factor)
        var means = parameters.runningMean.mutableSpan
        var variances = parameters.runningVariance.mutableSpan
        means[channel] = Float(Double(means[channel]) * (1 - momentum) + mean * momentum)
        let unbiased = variance * count / (count - 1)
        variances[channel] = Float(Double(variances[channel]) * (1 - momentum) + unbiased * momentum)
    }

    /// output = max(normalized input, 0), by the statistics gathered last.
    package func forward(_ input: BlockedMap, on engine: ComputeEngine, into output: BlockedMap) {
        unsafe run(forward(input, into: output), engine)
    }

    /// output = max(normalized input + residual, 0), and where it is above zero.
    package func forward(
        _ input: BlockedMap, adding residual: BlockedMap, on engine: ComputeEngine, into output: BlockedMap,
        signs: SignMap
    ) {
        precondition(residual.layout.isCongruent(to: layout), "a residual of another shape")
        var task = unsafe forward(input, into: output, signs)
        unsafe task.other = residual.kernelMap
        unsafe run(task, engine)
    }

    /// output = max(normalized input + the other map normalized by its own layer, 0), and where it is above zero.
    package func forward(
        _ input: BlockedMap, adding other: BlockedMap, normalizedBy normalization: TrainingNormalization,
        on engine: ComputeEngine, into output: BlockedMap, signs: SignMap
    ) {
        precondition(other.layout.isCongruent(to: layout), "a residual of another shape")
        var task = unsafe forward(input, into: output, signs)
        unsafe task.other = other.kernelMap
        unsafe task.other_factor = normalization.table.pointer(.factor)
        unsafe task.other_offset = normalization.table.pointer(.offset)
        unsafe run(task, engine)
    }

    private func forward(_ input: BlockedMap, into output: BlockedMap, _ signs: SignMap) -> ck_normalization {
        precondition(signs.layout == output.layout, "signs of another map")
        var task = unsafe forward(input, into: output)
        unsafe task.signs = signs.words
        return unsafe task
    }

    private func forward(_ input: BlockedMap, into output: BlockedMap) -> ck_normalization {
        precondition(input.layout == layout && output.layout.isCongruent(to: layout), "maps of another layer")
        var task = unsafe ck_normalization()
        unsafe task.input = input.kernelMap
        unsafe task.output = output.kernelMap
        unsafe task.extent = layout.extent
        unsafe task.factor = table.pointer(.factor)
        unsafe task.offset = table.pointer(.offset)
        return unsafe task
    }

    private func run(_ task: ck_normalization, _ engine: ComputeEngine) {
        var task = unsafe task
        unsafe engine.runFromEnd(engine.mapKernels(layout.precision).normalize, &task, layout.extent)
    }
}
