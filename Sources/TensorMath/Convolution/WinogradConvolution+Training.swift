// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// Winograd's convolution by weights that change from step to step: they lie packed as a plain convolution's, and are transformed
/// each time. Small ones all at once; large ones by whoever computes their outputs, so that they never go to memory.
extension WinogradConvolution {
    /// The memory that `forward` takes where weights are plain.
    func plainScratchCounts(on team: ComputeTeam) -> ConvolutionScratch.Counts {
        unsafe scratchCounts(plainSizes(team), team)
    }

    private func scratchCounts(_ sizes: ck_winograd?, _ team: ComputeTeam) -> ConvolutionScratch.Counts {
        var counts = ConvolutionScratch.Counts()
        if var task = unsafe sizes {
            counts.winograd = unsafe ck_winograd_plain_scratch(&task, team.threadCount)
        } else {
            counts.transformed = weightCount
            counts.winograd = scratchCount(on: team)
        }
        return counts
    }

    /// result = convolution(map).
    ///
    /// - Parameters:
    ///   - weights: [output block][input plane][9][16 inputs][16 outputs].
    ///   - rounded: to bfloat16, before they are transformed.
    func forward(
        _ map: BlockedMap, plain weights: TensorSlice, rounded: Bool, scratch: ConvolutionScratch,
        on engine: ComputeEngine, into result: BlockedMap
    ) {
        precondition(map.layout == input && result.layout == output, "maps of another layer")
        precondition(tile == .four, "training has one tile")
        let sizes = unsafe plainSizes(engine.team)
        let counts = unsafe scratchCounts(sizes, engine.team)
        precondition(
            weights.count == output.planes * input.planes * 9 * MapLayout.blockLanes * MapLayout.blockLanes
                && scratch.winograd.count >= counts.winograd && scratch.transformed.count >= counts.transformed
                && scratch.bias.count >= biasCount, "weights or scratch of another shape")
        if let sizes = unsafe sizes {
            return unsafe forward(map, weights, rounded, sizes, scratch, engine, result)
        }
        transform(weights, rounded, scratch.transformed, engine)
        var memory = scratch.winograd.mutableSpan
        var values = result.mutableSpan
        forward(
            map.span, weights: scratch.transformed.span, bias: scratch.bias.span, activation: .identity, on: engine,
            scratch: &memory, into: &values)
    }

    /// Where weights are large: the convolution without its pointers.
    private func plainSizes(_ team: ComputeTeam) -> ck_winograd? {
        var task = unsafe sizes(.identity, team)
        guard unsafe ck_winograd_is_plain(&task) else { return nil }
        unsafe task.chunk = ck_winograd_plain_chunk(&task)
        return unsafe task
    }

    private func forward(
        _ map: BlockedMap, _ weights: TensorSlice, _ rounded: Bool, _ sizes: ck_winograd, _ scratch: ConvolutionScratch,
        _ engine: ComputeEngine, _ result: BlockedMap
    ) {
        // SAFETY: the layouts' counts cover every place that sizes and pitches name.
        var task = unsafe ck_winograd_plain(convolution: sizes, are_rounded: rounded)
        unsafe task.convolution.input = UnsafeRawPointer(map.origin(padding: tile.window.padding))
        unsafe task.convolution.weights = UnsafePointer(weights.pointer)
        unsafe task.convolution.bias = UnsafePointer(scratch.bias.pointer)
        unsafe task.convolution.output = UnsafeMutableRawPointer(result.origin())
        unsafe task.convolution.scratch = scratch.winograd.pointer
        unsafe task.convolution.scratch_count = scratch.winograd.count
        unsafe ck_convolve_winograd_plain(engine.kernels, engine.trainingKernels, engine.team.handle, &task)
    }

    private func transform(
        _ weights: TensorSlice, _ rounded: Bool, _ transformed: TensorSlice, _ engine: ComputeEngine
    ) {
        var task = unsafe ck_transformed_weights(
            weights: weights.pointer, transformed: transformed.pointer, first_block: 0, planes: input.planes,
            first_line: 0, end_line: tile.points, are_rounded: rounded)
        unsafe ck_run_boxes(
            engine.team.handle, engine.trainingKernels.pointee.transform_weights, &task, output.planes, input.planes)
    }
}
