// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// A 3×3 convolution, or an image's 7×7, in Winograd's way: fewer multiplications, slightly larger rounding.
///
/// Lavin and Gray, “Fast Algorithms for Convolutional Neural Networks” (arXiv 1509.09308). What it costs in accuracy
/// and gains in time is in `docs/numerics.md`. Weights and products are floats, whatever the maps are made of.
package struct WinogradConvolution: Sendable {
    /// Outputs of a tile in either direction, and the convolution's stride; larger tiles save more multiplications and
    /// take larger weights.
    package enum Tile: Sendable, CaseIterable {
        case two, three, four
        case stridedTwo, stridedFour
        /// Four rows of outputs of a network's first convolution, along columns alone.
        case image
    }

    package let tile: Tile
    package let input: MapLayout
    package let output: MapLayout

    package init(tile: Tile, input: MapLayout, output: MapLayout) {
        let window = tile.window
        precondition(
            output.height == window.outputExtent(input.height) && output.width == window.outputExtent(input.width)
                && output.images == input.images, "the output has another extent")
        precondition(input.border >= window.padding, "the border is part of the input's memory")
        precondition(output.lanes == MapLayout.blockLanes, "the output is a blocked map")
        precondition(
            tile == .image
                ? input.lanes == 1 && input.channels == 3 && output.width >= Self.leastImageWidth
                : input.lanes == MapLayout.blockLanes && input.precision == output.precision,
            "no kernel for such a map")
        self.tile = tile
        self.input = input
        self.output = output
    }

    /// Of the output: a register of 16 inputs fits below it.
    package static let leastImageWidth = 6

    /// Floats of the packed weights.
    package var weightCount: Int {
        output.planes * input.planes * tile.matrices * input.lanes * MapLayout.blockLanes
    }

    /// Floats of the packed bias.
    package var biasCount: Int { output.planes * MapLayout.blockLanes }

    /// Floats of scratch that `forward` needs on a team.
    package func scratchCount(on team: ComputeTeam) -> Int {
        var task = unsafe sizes(.identity, team)
        return unsafe ck_winograd_scratch(&task, team.threadCount)
    }

    /// [output, input, 3, 3] → [output block][matrix][input plane][16 inputs][16 outputs] at `start`, onto zeros; an image's
    /// [output, 3, 7, 7] → [output block][13][3][7][16 outputs].
    ///
    /// Each element of G g Gᵀ is computed in Double and rounded once.
    package func pack(weights: Span<Float>, into packed: inout MutableSpan<Float>, at start: Int) {
        let (lanes, size) = (MapLayout.blockLanes, tile.window.kernel * tile.window.kernel)
        precondition(weights.count == output.channels * input.channels * size, "weights of another shape")
        for o in 0..<output.channels {
            for i in 0..<input.channels {
                let kernel = weights.extracting(droppingFirst: (o * input.channels + i) * size)
                let block = start + o / lanes * (weightCount / output.planes) + o % lanes
                for (place, weight) in transformed(kernel).enumerated() {
                    packed[block + offset(ofInput: i, place: place)] = weight
                }
            }
        }
    }

    /// Where an element of an input channel's transformed weights lies behind that of the first.
    private func offset(ofInput channel: Int, place: Int) -> Int {
        let lanes = MapLayout.blockLanes
        if tile == .image {
            let kernel = tile.window.kernel
            return ((place / kernel * input.channels + channel) * kernel + place % kernel) * lanes
        }
        return (place * input.planes * lanes + channel) * lanes
    }

    /// G g Gᵀ, row by row; of an image G g.
    private func transformed(_ kernel: Span<Float>) -> [Float] {
        let (matrix, side) = (tile.kernelTransform, tile.window.kernel)
        return matrix.flatMap { row in
            let line = (0..<side).map { x in
                (0..<side).reduce(0) { $0 + row[$1] * Double(kernel[$1 * side + x]) }
            }
            if tile == .image { return line.map { Float($0) } }
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
                            unsafe task.input = input.pointer(map.baseAddress, padding: tile.window.padding)
                            unsafe task.weights = TensorStorage.aligned(weights.baseAddress)
                            unsafe task.bias = TensorStorage.aligned(bias.baseAddress)
                            unsafe task.output = output.pointer(result.baseAddress)
                            unsafe task.scratch = TensorStorage.aligned(scratch.baseAddress)
                            unsafe task.scratch_count = scratch.count
                            unsafe ck_convolve_winograd(engine.kernels, engine.team.handle, &task)
                        }
                    }
                }
            }
        }
    }

    /// Everything but the pointers.
    func sizes(_ activation: BlockedConvolution.Activation, _ team: ComputeTeam) -> ck_winograd {
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
        unsafe task.tile = tile.kernelTile
        unsafe task.chunk = ck_winograd_chunk(&task, team.threadCount)
        return unsafe task
    }
}

extension WinogradConvolution.Tile {
    /// Outputs in either direction, of an image from a row to the next tile's.
    package var outputs: Int {
        switch self {
        case .two, .stridedTwo: 2
        case .three: 3
        case .four, .stridedFour, .image: 4
        }
    }

    /// Of the convolutions that are computed by such tiles.
    package var window: WindowGeometry {
        switch self {
        case .two, .three, .four: WindowGeometry(kernel: 3, stride: 1, padding: 1)
        case .stridedTwo, .stridedFour: WindowGeometry(kernel: 3, stride: 2, padding: 1)
        case .image: WindowGeometry(kernel: 7, stride: 2, padding: 3)
        }
    }

    /// Inputs in either direction, and so many multiplications squared for each pair of channels.
    var points: Int { window.stride == 1 ? outputs + 2 : 2 * outputs + 1 }

    /// Matrices of weights: a place of a tile has one, where the stride is 2 some have the same one. Of an image it is rows.
    fileprivate var matrices: Int {
        kernelTransform.count * (self == .image ? window.kernel : kernelTransform.count)
    }

    var kernelTile: ck_winograd_tile {
        switch self {
        case .two: ck_winograd_two
        case .three: ck_winograd_three
        case .four: ck_winograd_four
        case .stridedTwo: ck_strided_two
        case .stridedFour: ck_strided_four
        case .image: ck_image_four
        }
    }

    /// G of the paper, for the points that `kernels.inc` names; with stride 2 the middle weight comes first, as it is.
    fileprivate var kernelTransform: [[Double]] {
        switch self {
        case .two: [[1, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]]
        case .three:
            [
                [1 / 2, 0, 0], [-1 / 2, -1 / 2, -1 / 2], [-1 / 6, 1 / 6, -1 / 6], [1 / 6, 1 / 3, 2 / 3], [0, 0, 1],
            ]
        case .four:
            [
                [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6], [1 / 24, 1 / 12, 1 / 6],
                [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
            ]
        case .stridedTwo: [[0, 1, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]]
        case .stridedFour:
            [
                [0, 1, 0], [1 / 2, 0, 0], [-1 / 2, 0, -1 / 2], [-1 / 6, 0, 1 / 6], [1 / 6, 0, 1 / 3], [0, 0, 1],
            ]
        case .image:
            [
                [-1 / 2, 0, 0, 0, 0, 0, 0], [0, 1 / 4, 0, 0, 0, 0, 0],
                [-1 / 3, 0, -1 / 3, 0, -1 / 3, 0, -1 / 3], [0, -1 / 6, 0, -1 / 6, 0, -1 / 6, 0],
                [1 / 9, 0, -1 / 9, 0, 1 / 9, 0, -1 / 9], [0, -1 / 6, 0, 1 / 6, 0, -1 / 6, 0],
                [1 / 36, 0, 1 / 18, 0, 1 / 9, 0, 2 / 9], [0, 1 / 24, 0, 1 / 12, 0, 1 / 6, 0],
                [-1 / 60, 0, 1 / 30, 0, -1 / 15, 0, 2 / 15], [0, 1 / 24, 0, -1 / 12, 0, 1 / 6, 0],
                [0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 1, 0],
                [32 / 45, 0, 16 / 45, 0, 8 / 45, 0, 4 / 45],
            ]
        }
    }
}
