// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// A 3×3 convolution with stride 1 and padding 1 in Winograd's way: fewer multiplications, slightly larger rounding.
///
/// Lavin and Gray, “Fast Algorithms for Convolutional Neural Networks” (arXiv 1509.09308). What it costs in accuracy
/// and gains in time is in `docs/numerics.md`. Weights and products are floats, whatever the maps are made of.
package struct WinogradConvolution: Sendable {
    /// Outputs of a tile in either direction; larger tiles save more multiplications and take larger weights.
    package enum Size: Int, Sendable, CaseIterable {
        case two = 2
        case four = 4
    }

    package let size: Size
    package let input: MapLayout
    package let output: MapLayout

    package init(size: Size, input: MapLayout, output: MapLayout) {
        precondition(
            output.height == input.height && output.width == input.width && output.images == input.images,
            "the output has another extent")
        precondition(input.border >= 1, "the border is part of the input's memory")
        precondition(
            output.lanes == MapLayout.blockLanes && input.lanes == MapLayout.blockLanes
                && input.precision == output.precision, "both are blocked maps of one precision")
        self.size = size
        self.input = input
        self.output = output
    }

    /// Inputs of a tile in either direction.
    private var points: Int { size.rawValue + 2 }

    /// Floats of the packed weights.
    package var weightCount: Int {
        output.planes * input.planes * points * points * MapLayout.blockLanes * MapLayout.blockLanes
    }

    /// Floats of the packed bias.
    package var biasCount: Int { output.planes * MapLayout.blockLanes }

    /// Floats of scratch that `forward` needs on a team.
    package func scratchCount(on team: ComputeTeam) -> Int {
        var task = unsafe sizes(.identity, team)
        return unsafe ck_winograd_scratch(&task, team.threadCount)
    }

    /// [output, input, 3, 3] → [output block][place][input plane][16 inputs][16 outputs] at `start`, onto zeros.
    ///
    /// Each place of G g Gᵀ is computed in Double and rounded once.
    package func pack(weights: Span<Float>, into packed: inout MutableSpan<Float>, at start: Int) {
        precondition(weights.count == output.channels * input.channels * 9, "weights of another shape")
        let lanes = MapLayout.blockLanes
        let nextPlace = input.planes * lanes * lanes
        for o in 0..<output.channels {
            for i in 0..<input.channels {
                let block = o / lanes * points * points * nextPlace + i / lanes * lanes * lanes
                let target = start + block + i % lanes * lanes + o % lanes
                let transformed = transformed(weights.extracting(droppingFirst: (o * input.channels + i) * 9))
                for place in 0..<points * points { packed[target + place * nextPlace] = transformed[place] }
            }
        }
    }

    /// G g Gᵀ, row by row.
    private func transformed(_ kernel: Span<Float>) -> [Float] {
        let matrix = size.kernelTransform
        return matrix.flatMap { row in
            let line = (0..<3).map { x in
                (0..<3).reduce(0) { $0 + row[$1] * Double(kernel[$1 * 3 + x]) }
            }
            return matrix.map { column in Float(column[0] * line[0] + column[1] * line[1] + column[2] * line[2]) }
        }
    }

    /// output = activation(convolution(input) + bias).
    ///
    /// All spans start on a cache line.
    package func forward(
        _ map: Span<Float>, weights: Span<Float>, bias: Span<Float>, activation: BlockedConvolution.Activation,
        on engine: ComputeEngine, scratch: inout MutableSpan<Float>, into result: inout MutableSpan<Float>
    ) {
        precondition(map.count >= input.count && result.count >= output.count, "map shorter than its shape")
        precondition(weights.count >= weightCount && bias.count >= biasCount, "weights shorter than their shape")
        precondition(scratch.count >= scratchCount(on: engine.team), "scratch shorter than its shape")
        unsafe result.withUnsafeMutableBufferPointer { result in
            unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                unsafe map.withUnsafeBufferPointer { map in
                    unsafe weights.withUnsafeBufferPointer { weights in
                        unsafe bias.withUnsafeBufferPointer { bias in
                            // SAFETY: the counts above cover every place that sizes and pitches name.
                            var task = unsafe sizes(activation, engine.team)
                            unsafe task.input = input.pointer(map.baseAddress, padding: 1)
                            unsafe task.weights = TensorStorage.aligned(weights.baseAddress)
                            unsafe task.bias = TensorStorage.aligned(bias.baseAddress)
                            unsafe task.output = output.pointer(result.baseAddress)
                            unsafe task.scratch = TensorStorage.aligned(scratch.baseAddress)
                            unsafe ck_convolve_winograd(engine.kernels, engine.team.handle, &task)
                        }
                    }
                }
            }
        }
    }

    /// Everything but the pointers.
    private func sizes(_ activation: BlockedConvolution.Activation, _ team: ComputeTeam) -> ck_winograd {
        var task = unsafe ck_winograd()
        unsafe task.element = output.precision.element
        unsafe task.input_planes = input.planes
        unsafe task.input_plane = input.planePitch
        unsafe task.input_image = input.imagePitch
        unsafe task.input_row = input.rowPitch
        unsafe task.output_blocks = output.planes
        unsafe task.output_plane = output.planePitch
        unsafe task.output_image = output.imagePitch
        unsafe task.output_row = output.rowPitch
        unsafe task.images = output.images
        unsafe task.height = output.height
        unsafe task.width = output.width
        unsafe task.rectified = activation == .rectified
        unsafe task.size = size.kernelSize
        unsafe task.chunk = ck_winograd_chunk(&task, team.threadCount)
        return unsafe task
    }
}

extension WinogradConvolution.Size {
    var kernelSize: ck_winograd_size { self == .two ? ck_winograd_two : ck_winograd_four }

    /// G of the paper; its points are 0, ±1, ∞ and, for four outputs, ±2.
    fileprivate var kernelTransform: [[Double]] {
        switch self {
        case .two: [[1, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]]
        case .four:
            [
                [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6], [1 / 24, 1 / 12, 1 / 6],
                [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
            ]
        }
    }
}
