// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// The gradient of a convolution's weights, from its input and the gradient of its output.
struct WeightGradient {
    let window: WindowGeometry
    let input: MapLayout
    let weights: WeightLayout
    /// Of the tiles, where the sums are not taken by definition.
    private let tiles: WinogradConvolution.Tile?

    init(window: WindowGeometry, input: MapLayout, outputChannels: Int) {
        precondition(input.border >= window.padding, "the border is part of the input's memory")
        precondition(
            input.lanes == 1 ? (window.kernel, window.stride) == (7, 2) : window.stride <= 2 && window.kernel <= 3,
            "no kernel for this window")
        self.window = window
        self.input = input
        weights = WeightLayout(outputs: outputChannels, kernel: window.kernel, input: input)
        tiles =
            ConvolutionChoice.ofWeightGradients(
                ConvolutionChoice.Case(
                    window: window, height: window.outputExtent(input.height), width: window.outputExtent(input.width),
                    precision: input.precision)
            ).method.winogradTile
        precondition(tiles == nil || tiles == .four, "training has one tile")
    }

    /// The scratch that `compute` needs.
    func scratchCounts(on team: ComputeTeam) -> ConvolutionScratch.Counts {
        var counts = ConvolutionScratch.Counts()
        if let tiles {
            var forward = unsafe forward(tiles)
            counts.winograd = unsafe ck_winograd_gradient_scratch(&forward, team.threadCount)
        } else {
            var task = unsafe sizes
            counts.shares = unsafe ck_weight_gradient_scratch(&task)
        }
        return counts
    }

    func compute(
        _ gradient: BlockedMap, input map: BlockedMap, scratch: ConvolutionScratch, on engine: ComputeEngine,
        into result: TensorSlice
    ) {
        precondition(gradient.layout.images == input.images, "another number of images")
        precondition(
            input.lanes == 1 || gradient.layout.precision == input.precision, "another precision")
        let counts = scratchCounts(on: engine.team)
        precondition(
            result.count == weights.count && scratch.shares.count >= counts.shares
                && scratch.winograd.count >= counts.winograd, "weights of another shape")
        if let tiles { return sum(gradient, map, tiles, scratch, engine, result) }
        var task = unsafe sizes
        // SAFETY: the layouts' counts cover every place that sizes and pitches name.
        unsafe task.input = UnsafeRawPointer(map.origin(padding: window.padding))
        unsafe task.gradient = UnsafeRawPointer(gradient.origin())
        unsafe task.element = gradient.layout.precision.element
        unsafe task.gradient_plane = gradient.layout.planePitch
        unsafe task.gradient_image = gradient.layout.imagePitch
        unsafe task.gradient_row = gradient.layout.rowPitch
        unsafe task.weights = result.pointer
        unsafe task.scratch = scratch.shares.pointer
        if gradient.layout.border == 0 { unsafe joinRows(&task) }
        unsafe ck_sum_weight_gradient(engine.trainingKernels, engine.team.handle, &task)
    }

    /// Gᵀ [Σ over tiles (Bᵀ d B) ⊙ (A y Aᵀ)] G, which is what is linear in the weights run backward.
    private func sum(
        _ gradient: BlockedMap, _ map: BlockedMap, _ tiles: WinogradConvolution.Tile, _ scratch: ConvolutionScratch,
        _ engine: ComputeEngine, _ result: TensorSlice
    ) {
        var task = unsafe ck_winograd_gradient(
            forward: forward(tiles), gradient: UnsafeRawPointer(gradient.origin()), weights: result.pointer,
            scratch: scratch.winograd.pointer)
        // SAFETY: the layouts' counts cover every place that sizes and pitches name.
        unsafe task.forward.input = UnsafeRawPointer(map.origin(padding: 1))
        unsafe task.forward.output_plane = gradient.layout.planePitch
        unsafe task.forward.output_image = gradient.layout.imagePitch
        unsafe task.forward.output_row = gradient.layout.rowPitch
        unsafe ck_sum_winograd_gradient(engine.kernels, engine.trainingKernels, engine.team.handle, &task)
    }

    /// The convolution whose weights they are; everything but the pointers and the gradient's pitches.
    private func forward(_ tiles: WinogradConvolution.Tile) -> ck_winograd {
        var task = unsafe ck_winograd()
        unsafe task.element = input.precision.element
        unsafe task.input_planes = input.planes
        unsafe task.input_plane = input.planePitch
        unsafe task.input_image = input.imagePitch
        unsafe task.input_row = input.rowPitch
        unsafe task.output_blocks = weights.outputBlocks
        unsafe task.images = input.images
        unsafe task.height = input.height
        unsafe task.width = input.width
        unsafe task.tile = tiles.kernelTile
        unsafe task.chunk = ck_winograd_gradient_chunk(&task)
        return unsafe task
    }

    /// Everything but the pointers and the gradient's pitches.
    private var sizes: ck_weight_gradient {
        var task = unsafe ck_weight_gradient()
        unsafe task.input_planes = input.planes
        unsafe task.input_plane = input.planePitch
        unsafe task.input_image = input.imagePitch
        unsafe task.input_row = input.rowPitch
        unsafe task.gradient_blocks = weights.outputBlocks
        unsafe task.images = input.images
        unsafe task.height = window.outputExtent(input.height)
        unsafe task.width = window.outputExtent(input.width)
        unsafe task.kernel = window.kernel
        unsafe task.stride = window.stride
        unsafe task.depth = input.lanes == 1 ? window.kernel : MapLayout.blockLanes
        unsafe task.shares = ck_weight_gradient_shares(&task)
        return unsafe task
    }

    /// A 1×1 convolution between maps without border takes an image as one row, and all images where they aren't shared out.
    private func joinRows(_ task: inout ck_weight_gradient) {
        guard window.kernel == 1, window.stride == 1, input.border == 0 else { return }
        unsafe task.width = input.height * input.width
        unsafe task.height = 1
        guard unsafe task.shares == 1 else { return }
        unsafe task.width *= input.images
        unsafe task.images = 1
    }
}
