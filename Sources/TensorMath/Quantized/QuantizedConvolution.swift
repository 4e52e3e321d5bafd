// SPDX-License-Identifier: Apache-2.0
internal import CKernels
internal import Processor

/// A convolution of bytes by whole-number weights, with scaling, bias, residual, ReLU and rounding in the same pass.
///
/// value = Σ byte · weight · factor + bias + residual · residualFactor, rounded to a float after each operation. Into a map
/// of bytes it is then rounded to the nearest of 0 … 255, halves to even; so a ReLU is part of it. Sums are exact: see
/// `ReferenceQuantizedConvolution`, which gives the same bits.
package struct QuantizedConvolution: Sendable {
    package let window: WindowGeometry
    /// The map of bytes that it reads, its padding as border.
    package let input: MapLayout
    /// The map that it writes.
    package let output: MapLayout

    /// What is added to the scaled sums.
    package struct Residual: Sendable {
        package let layout: MapLayout
        /// From the residual's unit to the output's.
        package let factor: Float

        package init(_ layout: MapLayout, factor: Float) {
            self.layout = layout
            self.factor = factor
        }
    }

    /// What a convolution reads.
    package struct Operands: ~Escapable {
        let map: Span<Float>
        let weights: Span<Float>
        let scaling: Span<Float>

        /// All spans start on a cache line.
        @_lifetime(copy map, copy weights, copy scaling)
        package init(map: Span<Float>, weights: Span<Float>, scaling: Span<Float>) {
            self.map = map
            self.weights = weights
            self.scaling = scaling
        }
    }

    package init(window: WindowGeometry, input: MapLayout, output: MapLayout) {
        precondition(
            output.height == window.outputExtent(input.height) && output.width == window.outputExtent(input.width)
                && output.images == input.images, "the output has another extent")
        precondition(input.border >= window.padding, "the border is part of the input's memory")
        precondition(
            input.lanes == MapLayout.blockLanes && output.lanes == MapLayout.blockLanes && input.precision == .int8
                && output.precision != .bfloat16 && window.stride <= 2, "no kernel for these maps")
        precondition(
            input.planes * MapLayout.blockLanes * window.kernel * window.kernel <= Self.mostProducts,
            "a sum may exceed 32 bits")
        self.window = window
        self.input = input
        self.output = output
    }

    /// Of 255 · 127 each: so many can't exceed 2³¹.
    package static let mostProducts = Int(Int32.max) / (255 * QuantizedWeights.largest)

    /// Words of 32 bits in the packed weights.
    package var weightCount: Int {
        output.planes * input.planes * window.kernel * window.kernel * MapLayout.blockLanes * MapLayout.blockLanes / 4
    }

    /// Floats of the packed bias and, after it, the packed factors.
    package var scalingCount: Int { 2 * output.planes * MapLayout.blockLanes }

    /// Floats of scratch that `forward` needs on an engine.
    package func scratchCount(on engine: ComputeEngine) -> Int {
        var task = unsafe sizes()
        return unsafe (ck_quantized_scratch(engine.quantizedKernels, &task, engine.team.threadCount) + 1) / 2
    }

    /// The same after a convolution whose outputs are added.
    package func scratchCount(after shortcut: QuantizedConvolution, on engine: ComputeEngine) -> Int {
        var (task, first) = unsafe (sizes(), shortcut.sizes())
        return unsafe withUnsafePointer(to: &first) { first in
            unsafe task.shortcut = first
            return unsafe (ck_quantized_scratch(engine.quantizedKernels, &task, engine.team.threadCount) + 1) / 2
        }
    }

    /// [output, input, ky, kx] → [output block][input plane][ky][kx][4][16 outputs][4 inputs] at `start`, onto zeros.
    ///
    /// A word holds the weights of one output for four inputs, the first in its lowest byte.
    package func pack(weights: [Int8], into packed: inout MutableSpan<Float>, at start: Int) {
        let (places, lanes) = (window.kernel * window.kernel, MapLayout.blockLanes)
        precondition(weights.count == output.channels * input.channels * places, "weights of another shape")
        precondition(
            QuantizedWeights.areWithinLimits(weights, inputs: input.channels, places: places), "weights out of range")
        var source = 0
        for o in 0..<output.channels {
            for i in 0..<input.channels {
                let plane = (o / lanes * input.planes + i / lanes) * places
                for place in 0..<places {
                    let word = start + ((plane + place) * 4 + i % lanes / 4) * lanes + o % lanes
                    let bits = UInt32(UInt8(bitPattern: weights[source])) << UInt32(i % 4 * 8)
                    packed[word] = Float(bitPattern: packed[word].bitPattern | bits)
                    source += 1
                }
            }
        }
    }

    /// Bias, then factors, at `start`, onto zeros.
    package func pack(scaling: QuantizedScaling, into packed: inout MutableSpan<Float>, at start: Int) {
        precondition(scaling.bias.count == output.channels, "another number of channels")
        scaling.write(to: &packed, at: start, channels: output.planes * MapLayout.blockLanes)
    }

    /// - Parameters:
    ///   - scaling: as `pack` left it. All spans start on a cache line.
    ///   - activation: of a map of floats; bytes are no less than zero anyway.
    package func forward(
        _ map: Span<Float>, weights: Span<Float>, scaling: Span<Float>,
        activation: BlockedConvolution.Activation = .rectified, on engine: ComputeEngine,
        scratch: inout MutableSpan<Float>, into result: inout MutableSpan<Float>
    ) {
        unsafe run(map, weights, scaling, nil, nil, activation, engine, &scratch, &result)
    }

    /// The same with a residual, and always rectified.
    package func forward(
        _ map: Span<Float>, weights: Span<Float>, scaling: Span<Float>, adding residual: Residual,
        _ values: Span<Float>, on engine: ComputeEngine, scratch: inout MutableSpan<Float>,
        into result: inout MutableSpan<Float>
    ) {
        precondition(
            residual.layout.isCongruent(to: output.with(residual.layout.precision))
                && residual.layout.precision != .bfloat16 && values.count >= residual.layout.count,
            "a residual of another extent")
        unsafe values.withUnsafeBufferPointer { values in
            unsafe run(map, weights, scaling, residual, values.baseAddress, .rectified, engine, &scratch, &result)
        }
    }

    /// The same with a residual that lies in `result`, as the output does.
    package func forward(
        _ map: Span<Float>, weights: Span<Float>, scaling: Span<Float>, times residualFactor: Float,
        addedTo result: inout MutableSpan<Float>, on engine: ComputeEngine, scratch: inout MutableSpan<Float>
    ) {
        let residual = Residual(output, factor: residualFactor)
        let values = unsafe result.withUnsafeMutableBufferPointer { unsafe UnsafePointer($0.baseAddress) }
        unsafe run(map, weights, scaling, residual, values, .rectified, engine, &scratch, &result)
    }

    /// The same with a residual that another convolution computes, part by part before this one: floats that stay in a cache.
    ///
    /// Both are 1×1 with stride 1; the other's output is laid out, but never written.
    package func forward(
        _ operands: borrowing Operands, times residualFactor: Float, after shortcut: QuantizedConvolution,
        _ shortcutOperands: borrowing Operands, on engine: ComputeEngine,
        scratch: inout MutableSpan<Float>, into result: inout MutableSpan<Float>
    ) {
        precondition(
            isOneRow && shortcut.isOneRow && shortcut.output == output.with(.float32), "maps of one row, and one extent"
        )
        precondition(
            scratch.count >= scratchCount(after: shortcut, on: engine) && result.count >= output.count,
            "memory shorter than its shape")
        unsafe result.withUnsafeMutableBufferPointer { result in
            unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                unsafe shortcut.withTask(shortcutOperands) { first in
                    unsafe withTask(operands) { task in
                        unsafe withUnsafePointer(to: first) { first in
                            unsafe task.shortcut = first
                            unsafe task.residual_factor = residualFactor
                            unsafe start(&task, result, scratch, engine)
                        }
                    }
                }
            }
        }
    }

    private func run(
        _ map: Span<Float>, _ weights: Span<Float>, _ scaling: Span<Float>, _ residual: Residual?,
        _ added: UnsafePointer<Float>?, _ activation: BlockedConvolution.Activation, _ engine: ComputeEngine,
        _ scratch: inout MutableSpan<Float>, _ result: inout MutableSpan<Float>
    ) {
        precondition(result.count >= output.count, "map shorter than its shape")
        precondition(scratch.count >= scratchCount(on: engine), "scratch shorter than its shape")
        unsafe result.withUnsafeMutableBufferPointer { result in
            unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                let operands = Operands(map: map, weights: weights, scaling: scaling)
                unsafe withTask(operands) { task in
                    unsafe task.rectified = activation == .rectified
                    unsafe task.residual = residual?.kernelMap(added) ?? .absent
                    unsafe task.residual_factor = residual?.factor ?? 0
                    unsafe start(&task, result, scratch, engine)
                }
            }
        }
    }

    /// With what it reads, and neither output nor residual.
    private func withTask(
        _ operands: borrowing Operands, _ body: (inout ck_quantized_convolution) -> Void
    ) {
        let (map, weights, scaling) = (operands.map, operands.weights, operands.scaling)
        precondition(map.count >= input.count, "map shorter than its shape")
        precondition(weights.count >= weightCount && scaling.count >= scalingCount, "weights shorter than their shape")
        unsafe map.withUnsafeBufferPointer { map in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe scaling.withUnsafeBufferPointer { scaling in
                    // SAFETY: the counts above cover every place that sizes and pitches name.
                    var task = unsafe sizes()
                    unsafe task.input = input.pointer(map.baseAddress, padding: window.padding)
                        .assumingMemoryBound(to: UInt8.self)
                    unsafe task.weights = UnsafeRawPointer(TensorStorage.aligned(weights.baseAddress))
                        .assumingMemoryBound(to: Int8.self)
                    unsafe task.bias = TensorStorage.aligned(scaling.baseAddress)
                    unsafe task.factor = task.bias + output.planes * MapLayout.blockLanes
                    unsafe body(&task)
                }
            }
        }
    }

    private func start(
        _ task: inout ck_quantized_convolution, _ result: UnsafeMutableBufferPointer<Float>,
        _ scratch: UnsafeMutableBufferPointer<Float>, _ engine: ComputeEngine
    ) {
        unsafe task.output = output.kernelMap(output.pointer(result.baseAddress))
        unsafe task.scratch = UnsafeMutableRawPointer(TensorStorage.aligned(scratch.baseAddress))
            .assumingMemoryBound(to: Int16.self)
        unsafe ck_convolve_quantized(engine.quantizedKernels, engine.team.handle, &task)
    }

    /// A 1×1 convolution between maps without border takes the whole plane as one row.
    package var isOneRow: Bool {
        window.kernel == 1 && window.stride == 1 && input.border == 0 && output.border == 0
    }

    /// Everything but the pointers and what lies there.
    private func sizes() -> ck_quantized_convolution {
        var task = unsafe ck_quantized_convolution()
        unsafe task.input_planes = input.planes
        unsafe task.input_plane = input.planePitch
        unsafe task.input_image = input.imagePitch
        unsafe task.input_row = input.rowPitch
        unsafe task.output_blocks = output.planes
        unsafe task.images = isOneRow ? 1 : output.images
        unsafe task.height = isOneRow ? 1 : output.height
        unsafe task.width = isOneRow ? output.images * output.height * output.width : output.width
        unsafe task.kernel = window.kernel
        unsafe task.stride = window.stride
        return unsafe task
    }
}

extension QuantizedConvolution.Residual {
    fileprivate func kernelMap(_ values: UnsafePointer<Float>?) -> ck_quantized_map {
        unsafe layout.kernelMap(UnsafeMutableRawPointer(mutating: layout.pointer(values)))
    }
}

extension ck_quantized_map {
    fileprivate static var absent: ck_quantized_map {
        unsafe ck_quantized_map(kind: ck_nothing, data: nil, plane: 0, image: 0, row: 0)
    }
}

extension MapLayout {
    func kernelMap(_ data: UnsafeMutableRawPointer) -> ck_quantized_map {
        unsafe ck_quantized_map(
            kind: precision == .int8 ? ck_bytes : ck_floats, data: data, plane: planePitch, image: imagePitch,
            row: rowPitch)
    }

    fileprivate func with(_ precision: Precision) -> MapLayout {
        .blocked(
            images: images, channels: channels, height: height, width: width, border: border, precision: precision)
    }
}

extension ComputeEngine {
    /// The fastest that the engine's instruction set admits.
    var quantizedKernels: UnsafePointer<ck_quantized_kernels> {
        guard let kernels = unsafe ck_quantized_kernels_at(ck_quantized_level_of(instructionSet.level)) else {
            preconditionFailure("no such kernels")
        }
        return unsafe kernels
    }
}
