// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// From bytes to bytes of the same step.
package enum QuantizedPooling {
    /// The largest value under each window.
    package static func maximum(
        _ map: Span<Float>, _ input: MapLayout, window: WindowGeometry, _ output: MapLayout, on engine: ComputeEngine,
        into result: inout MutableSpan<Float>
    ) {
        precondition(
            output.height == window.outputExtent(input.height) && output.width == window.outputExtent(input.width)
                && input.planes == output.planes && input.images == output.images && input.precision == .int8
                && output.precision == .int8 && window.padding * 2 <= window.kernel,
            "the output has another extent")
        precondition(map.count >= input.count && result.count >= output.count, "map shorter than its shape")
        unsafe result.withUnsafeMutableBufferPointer { result in
            unsafe map.withUnsafeBufferPointer { map in
                // SAFETY: the counts above cover every place that sizes and pitches name.
                var task = unsafe ck_pooling(
                    element: ck_float32, input: input.pointer(map.baseAddress),
                    output: output.pointer(result.baseAddress), blocks: input.planes,
                    input_plane: input.planePitch, input_image: input.imagePitch, input_row: input.rowPitch,
                    input_height: input.height, input_width: input.width, output_plane: output.planePitch,
                    output_image: output.imagePitch, output_row: output.rowPitch, images: output.images,
                    height: output.height, width: output.width, kernel: window.kernel, stride: window.stride,
                    padding: window.padding)
                unsafe ck_pool_quantized(engine.quantizedKernels, engine.team.handle, &task)
            }
        }
    }
}
