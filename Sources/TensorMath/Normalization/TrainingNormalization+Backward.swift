// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// Backward: the gradients of scale and shift first, then the gradient of the input, which needs both.
extension TrainingNormalization {
    /// The gradients of scale and shift where the layer ended in ReLU.
    ///
    /// - Parameter gradient: of the layer's output.
    package func backwardToParameters(
        _ gradient: BlockedMap, input: BlockedMap, sums: TensorSlice, on engine: ComputeEngine
    ) {
        var task = unsafe sumTask(gradient, input, sums)
        unsafe task.factor = table.pointer(.factor)
        unsafe task.offset = table.pointer(.offset)
        unsafe engine.run(engine.mapKernels(layout.precision).normalization_sums, &task, layout.extent)
        finishGradients(sums, product: 1)
    }

    /// The gradients of scale and shift where a residual was added before ReLU.
    ///
    /// - Parameter gradient: of that sum, so 0 where the block's output is.
    package func backwardToParameters(
        masked gradient: BlockedMap, input: BlockedMap, sums: TensorSlice, on engine: ComputeEngine
    ) {
        var task = unsafe sumTask(gradient, input, sums)
        unsafe engine.run(engine.mapKernels(layout.precision).normalization_sums, &task, layout.extent)
        finishGradients(sums, product: 1)
    }

    /// The same where the residual was another map, normalized by its own layer: that one's gradients too.
    package func backwardToParameters(
        masked gradient: BlockedMap, input: BlockedMap, other: BlockedMap,
        normalizedBy normalization: TrainingNormalization, sums: TensorSlice, on engine: ComputeEngine
    ) {
        precondition(other.layout.isCongruent(to: layout), "a residual of another shape")
        var task = unsafe sumTask(gradient, input, sums)
        unsafe task.other = other.kernelMap
        unsafe task.other_mean = normalization.table.pointer(.mean)
        unsafe engine.run(engine.mapKernels(layout.precision).normalization_sums, &task, layout.extent)
        finishGradients(sums, product: 1)
        normalization.finishGradients(sums, product: 2)
    }

    private func sumTask(_ gradient: BlockedMap, _ input: BlockedMap, _ sums: TensorSlice) -> ck_normalization_sums {
        precondition(
            input.layout == layout && gradient.layout.isCongruent(to: layout) && sums.count >= Self.sumCount(layout),
            "maps of another layer")
        var task = unsafe ck_normalization_sums()
        unsafe task.gradient = gradient.kernelMap
        unsafe task.input = input.kernelMap
        unsafe task.extent = layout.extent
        unsafe task.mean = table.pointer(.mean)
        unsafe task.sums = sums.pointer
        return unsafe task
    }

    /// From Σ g and Σ g·(x − μ) to ∂γ, ∂β and to the three numbers that make ∂x = a·g + b·(x − μ) + c.
    func finishGradients(_ sums: TensorSlice, product: Int) {
        let (sums, lanes) = (sums.span, MapLayout.blockLanes)
        let count = Double(layout.images * layout.height * layout.width)
        var scaleGradient = parameters.scaleGradient.mutableSpan
        var shiftGradient = parameters.shiftGradient.mutableSpan
        for channel in 0..<table.channels {
            var (sum, products) = (0.0, 0.0)
            for image in 0..<layout.images {
                let place = (channel / lanes * layout.images + image) * 3 * lanes + channel % lanes
                sum += Double(sums[place])
                products += Double(sums[place + product * lanes])
            }
            let inverse = Double(table.value(.inverseDeviation, channel))
            let factor = Double(parameters.scale.span[channel]) * inverse
            scaleGradient[channel] = Float(products * inverse)
            shiftGradient[channel] = Float(sum)
            table.set(.gradientFactor, channel, factor)
            table.set(.inputFactor, channel, -factor * inverse * inverse * products / count)
            table.set(.constant, channel, -factor * sum / count)
        }
    }

    /// The gradient of the input where the layer ended in ReLU; after `backwardToParameters`.
    package func backwardToInput(
        _ gradient: BlockedMap, input: BlockedMap, on engine: ComputeEngine, into result: BlockedMap
    ) {
        var task = unsafe gradientTask(gradient, input, result)
        unsafe task.factor = table.pointer(.factor)
        unsafe task.offset = table.pointer(.offset)
        unsafe engine.runFromEnd(engine.mapKernels(layout.precision).normalization_gradient, &task, layout.extent)
    }

    /// The gradient of the input from a gradient that is masked already.
    package func backwardToInput(
        masked gradient: BlockedMap, input: BlockedMap, on engine: ComputeEngine, into result: BlockedMap
    ) {
        var task = unsafe gradientTask(gradient, input, result)
        unsafe engine.runFromEnd(engine.mapKernels(layout.precision).normalization_gradient, &task, layout.extent)
    }

    private func gradientTask(
        _ gradient: BlockedMap, _ input: BlockedMap, _ result: BlockedMap
    ) -> ck_normalization_gradient {
        precondition(
            input.layout == layout && gradient.layout.isCongruent(to: layout)
                && result.layout.isCongruent(to: layout), "maps of another layer")
        var task = unsafe ck_normalization_gradient()
        unsafe task.gradient = gradient.kernelMap
        unsafe task.input = input.kernelMap
        unsafe task.result = result.kernelMap
        unsafe task.extent = layout.extent
        unsafe task.mean = table.pointer(.mean)
        unsafe task.a = table.pointer(.gradientFactor)
        unsafe task.b = table.pointer(.inputFactor)
        unsafe task.c = table.pointer(.constant)
        return unsafe task
    }
}
