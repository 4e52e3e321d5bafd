// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// The end of a residual network's stem in one pass: batch norm, ReLU and the maximum under each window.
///
/// The map between them is never written: it is the largest of the network. Where each maximum stood is kept in a byte.
package struct NormalizedPool {
    package let normalization: TrainingNormalization
    package let window: WindowGeometry
    /// The pooled map.
    package let output: MapLayout
    private let places: BytePlaces

    package init(normalization: TrainingNormalization, window: WindowGeometry, output: MapLayout) {
        let input = normalization.layout
        precondition(
            output.height == window.outputExtent(input.height) && output.width == window.outputExtent(input.width)
                && output.planes == input.planes && output.images == input.images
                && output.precision == input.precision, "the output has another extent")
        precondition(window.padding * 2 <= window.kernel, "a window that lies wholly in the padding has no maximum")
        precondition(window.kernel <= 15, "a window's place is kept in a byte")
        self.normalization = normalization
        self.window = window
        self.output = output
        places = BytePlaces(
            count: output.planes * output.images * output.height * output.width * MapLayout.blockLanes)
    }

    /// output = the largest of max(normalized input, 0), by the statistics gathered last.
    package func forward(_ input: BlockedMap, on engine: ComputeEngine, into result: BlockedMap) {
        precondition(result.layout == output, "maps of another layer")
        var task = unsafe task(input)
        unsafe task.output = result.kernelMap
        unsafe engine.run(engine.mapKernels(output.precision).normalized_pool, &task, output.extent)
    }

    /// The gradients of scale and shift, and of the normalization's output where that is above zero.
    package func backwardToParameters(
        _ gradient: BlockedMap, input: BlockedMap, sums: TensorSlice, on engine: ComputeEngine, into result: BlockedMap
    ) {
        precondition(
            gradient.layout.isCongruent(to: output) && result.layout.isCongruent(to: input.layout)
                && sums.count >= TrainingNormalization.sumCount(input.layout), "maps of another layer")
        var task = unsafe task(input)
        unsafe task.gradient = gradient.kernelMap
        unsafe task.result = result.kernelMap
        unsafe task.sums = sums.pointer
        unsafe engine.run(engine.mapKernels(output.precision).normalized_pool_gradient, &task, output.extent)
        normalization.finishGradients(sums, product: 1)
    }

    private func task(_ input: BlockedMap) -> ck_normalized_pool {
        precondition(input.layout == normalization.layout, "maps of another layer")
        var task = unsafe ck_normalized_pool()
        unsafe task.input = input.kernelMap
        unsafe task.places = places.pointer
        unsafe task.extent = output.extent
        unsafe task.input_height = input.layout.height
        unsafe task.input_width = input.layout.width
        unsafe task.kernel = window.kernel
        unsafe task.stride = window.stride
        unsafe task.padding = window.padding
        unsafe task.factor = normalization.table.pointer(.factor)
        unsafe task.offset = normalization.table.pointer(.offset)
        unsafe task.mean = normalization.table.pointer(.mean)
        return unsafe task
    }
}

/// A place in a window for each value of a map, as bytes.
@safe private final class BytePlaces {
    // SAFETY: owned, and freed with `self`; the memory is reached by kernels alone, whose extents `NormalizedPool` checks.
    let pointer: UnsafeMutablePointer<UInt8>

    init(count: Int) {
        unsafe pointer = .allocate(capacity: count)
        unsafe pointer.initialize(repeating: 0, count: count)
    }

    deinit { unsafe pointer.deallocate() }
}

/// The mean over each image at a residual network's end, backward.
package enum AveragePoolGradient {
    /// result = each channel's gradient, of floats, shared out evenly among its pixels, and kept where the map is above zero.
    package static func compute(
        _ gradient: BlockedMap, on engine: ComputeEngine, into result: BlockedMap, where signs: SignMap?
    ) {
        let (from, to) = (gradient.layout, result.layout)
        precondition(
            from.height == 1 && from.width == 1 && from.planes == to.planes && from.images == to.images
                && from.precision == .float32 && (signs == nil || signs?.layout == to), "maps of another layer")
        var task = unsafe ck_spread(
            from: gradient.kernelMap, to: result.kernelMap, extent: to.extent, signs: signs?.words, phase: 0)
        unsafe engine.run(engine.mapKernels(to.precision).average_gradient, &task, to.extent)
    }
}
