// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// A convolution by the kernels of `CKernels`, with bias, residual and ReLU in the same pass.
///
/// From a blocked map: any kernel, stride 1 or 2. From planes of single channels: 7×7 with stride 2, the network's stem.
package struct BlockedConvolution: Sendable {
    package let window: WindowGeometry
    package let input: MapLayout
    package let output: MapLayout
    /// What the weights are made of; an image's are floats always.
    package let weightPrecision: Precision

    /// What happens to a sum before it is written.
    package enum Activation: Sendable { case identity, rectified }

    /// - Parameter weights: what they are made of: floats, or what the maps are made of, as they are if nothing is said.
    package init(window: WindowGeometry, input: MapLayout, output: MapLayout, weights: Precision? = nil) {
        precondition(
            output.height == window.outputExtent(input.height) && output.width == window.outputExtent(input.width),
            "the output has another extent")
        precondition(
            output.images == input.images && (input.lanes == 1 || output.precision == input.precision),
            "the output has another number of images or another precision")
        precondition(input.border >= window.padding, "the border is part of the input's memory")
        precondition(output.lanes == MapLayout.blockLanes, "the output is a blocked map")
        precondition(
            input.lanes == 1 ? (window.kernel, window.stride) == (7, 2) : window.stride <= 2,
            "no kernel for this window")
        self.window = window
        self.input = input
        self.output = output
        weightPrecision = weights ?? input.precision
        precondition(weightPrecision == .float32 || weightPrecision == input.precision, "no kernel for such weights")
    }

    /// Words of 32 bits in the packed weights.
    package var weightCount: Int {
        weightPrecision.wordCount(
            output.planes * input.planes * window.kernel * window.kernel * input.lanes * MapLayout.blockLanes)
    }

    /// Floats of the packed bias.
    package var biasCount: Int { output.planes * MapLayout.blockLanes }

    /// [output, input, ky, kx] → [output block][input plane][ky][kx][input lane][16 outputs] at `start`, onto zeros.
    ///
    /// In bfloat16 the lanes lie in pairs: [input lane / 2][16 outputs][2], what the processors' instructions take.
    package func pack(weights: Span<Float>, into packed: inout MutableSpan<Float>, at start: Int) {
        let (kernel, lanes, blockLanes) = (window.kernel, input.lanes, MapLayout.blockLanes)
        precondition(weights.count == output.channels * input.channels * kernel * kernel, "weights of another shape")
        let next = lanes * blockLanes
        var source = 0
        for o in 0..<output.channels {
            for i in 0..<input.channels {
                let pair = o / blockLanes * input.planes + i / lanes
                var target = pair * kernel * kernel * next + i % lanes * blockLanes + o % blockLanes
                for _ in 0..<kernel * kernel {
                    place(weights[source], at: target, in: &packed, from: start)
                    source += 1
                    target += next
                }
            }
        }
    }

    /// Where a 1×1 convolution's weight lies in packed float32 weights.
    package func place(ofOutput output: Int, input channel: Int) -> Int {
        precondition(window.kernel == 1 && weightPrecision == .float32, "another layout")
        let lanes = MapLayout.blockLanes
        let pair = output / lanes * input.planes + channel / lanes
        return (pair * lanes + channel % lanes) * lanes + output % lanes
    }

    /// - Parameter element: counted as floats count, [input lane][16 outputs].
    private func place(_ weight: Float, at element: Int, in packed: inout MutableSpan<Float>, from start: Int) {
        guard weightPrecision == .bfloat16 else {
            packed[start + element] = weight
            return
        }
        let blockLanes = MapLayout.blockLanes
        let (row, output) = (element / blockLanes, element % blockLanes)
        let word = start + row / 2 * blockLanes + output
        let bits = UInt32(weight.bfloat16Bits) << (row % 2 * 16)
        packed[word] = Float(bitPattern: packed[word].bitPattern | bits)
    }

    /// output = activation(convolution(input) + bias).
    ///
    /// All spans start on a cache line.
    package func forward(
        _ map: Span<Float>, weights: Span<Float>, bias: Span<Float>, activation: Activation, on engine: ComputeEngine,
        into result: inout MutableSpan<Float>
    ) {
        run(map, weights, bias, isAdded: false, activation, engine, &result)
    }

    /// result = max(convolution(input) + bias + result, 0).
    package func forward(
        _ map: Span<Float>, weights: Span<Float>, bias: Span<Float>, addedTo result: inout MutableSpan<Float>,
        on engine: ComputeEngine
    ) {
        run(map, weights, bias, isAdded: true, .rectified, engine, &result)
    }

    private func run(
        _ map: Span<Float>, _ weights: Span<Float>, _ bias: Span<Float>, isAdded: Bool,
        _ activation: Activation, _ engine: ComputeEngine, _ result: inout MutableSpan<Float>
    ) {
        precondition(map.count >= input.count && result.count >= output.count, "map shorter than its shape")
        precondition(weights.count >= weightCount && bias.count >= biasCount, "weights shorter than their shape")
        unsafe result.withUnsafeMutableBufferPointer { result in
            unsafe map.withUnsafeBufferPointer { map in
                unsafe weights.withUnsafeBufferPointer { weights in
                    unsafe bias.withUnsafeBufferPointer { bias in
                        // SAFETY: the counts above cover every place that sizes and pitches name.
                        var task = unsafe sizes(activation)
                        unsafe task.input = input.pointer(map.baseAddress, padding: window.padding)
                        unsafe task.weights = UnsafeRawPointer(TensorStorage.aligned(weights.baseAddress))
                        unsafe task.bias = TensorStorage.aligned(bias.baseAddress)
                        unsafe task.output = output.pointer(result.baseAddress)
                        unsafe task.residual = isAdded ? UnsafeRawPointer(task.output) : nil
                        unsafe start(&task, engine)
                    }
                }
            }
        }
    }

    private func start(_ task: inout ck_convolution, _ engine: ComputeEngine) {
        if input.lanes == 1 {
            unsafe ck_convolve_image(engine.kernels, engine.team.handle, &task)
        } else {
            unsafe ck_convolve(engine.kernels, engine.team.handle, &task)
        }
    }

    /// An image's weights are floats for every kind of output.
    private var element: ck_element {
        input.lanes == 1 || weightPrecision == output.precision ? output.precision.element : ck_widened
    }

    /// Everything but the pointers. A 1×1 convolution between maps without border takes the whole plane as one row.
    private func sizes(_ activation: Activation) -> ck_convolution {
        var task = unsafe ck_convolution()
        let isOneRow = window.kernel == 1 && window.stride == 1 && input.border == 0 && output.border == 0
        unsafe task.element = element
        unsafe task.input_planes = input.planes
        unsafe task.input_plane = input.planePitch
        unsafe task.input_image = input.imagePitch
        unsafe task.input_row = input.rowPitch
        unsafe task.output_blocks = output.planes
        unsafe task.output_plane = output.planePitch
        unsafe task.output_image = output.imagePitch
        unsafe task.output_row = output.rowPitch
        unsafe task.images = isOneRow ? 1 : output.images
        unsafe task.height = isOneRow ? 1 : output.height
        unsafe task.width = isOneRow ? output.images * output.height * output.width : output.width
        unsafe task.kernel_height = window.kernel
        unsafe task.kernel_width = window.kernel
        unsafe task.stride = window.stride
        unsafe task.rectified = activation == .rectified
        return unsafe task
    }
}
