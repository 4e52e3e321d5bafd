// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// The two pools of a residual network, by the kernels of `CKernels` on blocked maps.
package enum BlockedPooling {
    /// The largest value under each window, which is clipped to the map.
    package static func maximum(
        _ map: Span<Float>, _ input: MapLayout, window: WindowGeometry, _ output: MapLayout, on engine: ComputeEngine,
        into result: inout MutableSpan<Float>
    ) {
        precondition(
            output.height == window.outputExtent(input.height) && output.width == window.outputExtent(input.width)
                && input.planes == output.planes && input.images == output.images
                && input.precision == output.precision && window.padding * 2 <= window.kernel,
            "the output has another extent")
        precondition(map.count >= input.count && result.count >= output.count, "map shorter than its shape")
        unsafe result.withUnsafeMutableBufferPointer { result in
            unsafe map.withUnsafeBufferPointer { map in
                // SAFETY: the counts above cover every place that sizes and pitches name.
                var task = unsafe ck_pooling(
                    element: input.precision.element, input: input.pointer(map.baseAddress),
                    output: output.pointer(result.baseAddress), blocks: input.planes,
                    input_plane: input.planePitch, input_image: input.imagePitch, input_row: input.rowPitch,
                    input_height: input.height, input_width: input.width, output_plane: output.planePitch,
                    output_image: output.imagePitch, output_row: output.rowPitch, images: output.images,
                    height: output.height, width: output.width, kernel: window.kernel, stride: window.stride,
                    padding: window.padding)
                unsafe ck_pool_maximum(engine.kernels, engine.team.handle, &task)
            }
        }
    }

    /// The mean of each channel over each image: a map of one pixel in float32.
    package static func globalAverage(
        _ map: Span<Float>, _ input: MapLayout, _ output: MapLayout, on engine: ComputeEngine,
        into result: inout MutableSpan<Float>
    ) {
        precondition(
            output == .blocked(images: input.images, channels: input.channels, height: 1, width: 1),
            "the output has another extent")
        precondition(map.count >= input.count && result.count >= output.count, "map shorter than its shape")
        unsafe result.withUnsafeMutableBufferPointer { result in
            unsafe map.withUnsafeBufferPointer { map in
                // SAFETY: as above.
                var task = unsafe ck_average(
                    element: input.precision.element, input: input.pointer(map.baseAddress),
                    output: TensorStorage.aligned(result.baseAddress), blocks: input.planes,
                    input_plane: input.planePitch, input_image: input.imagePitch, input_row: input.rowPitch,
                    output_plane: output.planePitch, images: input.images, height: input.height, width: input.width)
                unsafe engine.layers(input.precision).average(&task)
            }
        }
    }
}
