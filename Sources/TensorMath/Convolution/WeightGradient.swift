// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// The gradient of a convolution's weights, from its input and the gradient of its output.
struct WeightGradient {
    let window: WindowGeometry
    let input: MapLayout
    let weights: WeightLayout

    init(window: WindowGeometry, input: MapLayout, outputChannels: Int) {
        precondition(input.border >= window.padding, "the border is part of the input's memory")
        precondition(
            input.lanes == 1 ? (window.kernel, window.stride) == (7, 2) : window.stride <= 2 && window.kernel <= 3,
            "no kernel for this window")
        self.window = window
        self.input = input
        weights = WeightLayout(outputs: outputChannels, kernel: window.kernel, input: input)
    }

    /// Floats of scratch that `compute` needs.
    var scratchCount: Int {
        var task = unsafe sizes
        return unsafe ck_weight_gradient_scratch(&task)
    }

    func compute(
        _ gradient: BlockedMap, input map: BlockedMap, scratch: ConvolutionScratch, on engine: ComputeEngine,
        into result: TensorSlice
    ) {
        precondition(gradient.layout.images == input.images, "another number of images")
        precondition(
            input.lanes == 1 || gradient.layout.precision == input.precision, "another precision")
        precondition(result.count == weights.count && scratch.shares.count >= scratchCount, "weights of another shape")
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
