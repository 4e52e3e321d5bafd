// SPDX-License-Identifier: Apache-2.0
/// A convolution with bias, residual and ReLU, by way of matrix products.
///
/// A 1×1 convolution of stride 1 *is* a product, W [o, i] · X [i, y·x]; every other window is unfolded into columns first.
/// The same result for any number of threads: how the work is cut depends on the sizes alone.
package struct MatrixConvolution: Sendable {
    package let inputChannels: Int
    package let outputChannels: Int
    package let window: WindowGeometry
    /// Of what it reads.
    package let height: Int
    package let width: Int
    private let outputHeight: Int
    private let outputWidth: Int
    private let cut: Cut

    package init(inputChannels: Int, outputChannels: Int, window: WindowGeometry, height: Int, width: Int) {
        precondition(inputChannels > 0 && outputChannels > 0, "a convolution needs channels")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.window = window
        self.height = height
        self.width = width
        outputHeight = window.outputExtent(height)
        outputWidth = window.outputExtent(width)
        cut = Cut(channels: outputChannels, height: outputHeight, width: outputWidth)
    }

    /// Weights: [outputChannels, inputChannels, kernel, kernel].
    package var weightCount: Int { outputChannels * inner }

    /// Floats of the map that it reads, [inputChannels, height, width].
    package var inputCount: Int { inputChannels * height * width }
    /// Floats of the map that it writes, [outputChannels, outputHeight, outputWidth].
    package var outputCount: Int { outputChannels * plane }

    private var plane: Int { outputHeight * outputWidth }
    /// What each sum runs over.
    private var inner: Int { inputChannels * window.kernel * window.kernel }
    private var isPlainProduct: Bool { window.kernel == 1 && window.stride == 1 && window.padding == 0 }
    /// Whether each thread unfolds what it multiplies; where several share it, all is unfolded first.
    private var isUnfoldedByItem: Bool { cut.groups == 1 }

    /// Floats of scratch that `forward` needs on a team.
    package func columnCount(on team: ComputeTeam) -> Int {
        if isPlainProduct { return 0 }
        return isUnfoldedByItem ? team.threadCount * itemColumns : inner * plane
    }

    /// Floats of an item's columns, in whole cache lines.
    private var itemColumns: Int { (inner * cut.rows * outputWidth + 15) / 16 * 16 }

    /// output = activation(convolution(input) + bias), [outputChannels, outputHeight, outputWidth].
    package func forward(
        _ input: Span<Float>, weights: Span<Float>, bias: Span<Float>, activation: BlockedConvolution.Activation,
        on team: ComputeTeam, columns: inout MutableSpan<Float>, output: inout MutableSpan<Float>
    ) {
        unsafe run(input, weights, bias, residual: nil, activation, team, &columns, &output)
    }

    /// output = max(convolution(input) + bias + residual, 0).
    package func forward(
        _ input: Span<Float>, weights: Span<Float>, bias: Span<Float>, adding residual: Span<Float>,
        on team: ComputeTeam, columns: inout MutableSpan<Float>, output: inout MutableSpan<Float>
    ) {
        precondition(residual.count >= outputCount, "residual shorter than its shape")
        unsafe residual.withUnsafeBufferPointer { residual in
            unsafe run(input, weights, bias, residual: residual.baseAddress, .rectified, team, &columns, &output)
        }
    }

    private func run(
        _ input: Span<Float>, _ weights: Span<Float>, _ bias: Span<Float>, residual: UnsafePointer<Float>?,
        _ activation: BlockedConvolution.Activation, _ team: ComputeTeam, _ columns: inout MutableSpan<Float>,
        _ output: inout MutableSpan<Float>
    ) {
        precondition(input.count >= inputCount && output.count >= outputCount, "map shorter than its shape")
        precondition(weights.count >= weightCount && bias.count >= outputChannels, "weights shorter than their shape")
        precondition(columns.count >= columnCount(on: team), "scratch shorter than its shape")
        unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe columns.withUnsafeMutableBufferPointer { columns in
                unsafe input.withUnsafeBufferPointer { input in
                    unsafe weights.withUnsafeBufferPointer { weights in
                        unsafe bias.withUnsafeBufferPointer { bias in
                            // SAFETY: the counts above cover every place that sizes name; items write apart from each other.
                            unsafe run(
                                Task(
                                    input: TensorStorage.start(input), weights: TensorStorage.start(weights),
                                    bias: TensorStorage.start(bias), residual: residual,
                                    columns: columns.baseAddress, output: TensorStorage.start(output),
                                    isRectified: activation == .rectified), on: team)
                        }
                    }
                }
            }
        }
    }

    @unsafe private struct Task {
        let input: UnsafePointer<Float>
        let weights: UnsafePointer<Float>
        let bias: UnsafePointer<Float>
        let residual: UnsafePointer<Float>?
        let columns: UnsafeMutablePointer<Float>?
        let output: UnsafeMutablePointer<Float>
        let isRectified: Bool
    }

    private func run(_ task: Task, on team: ComputeTeam) {
        if !isPlainProduct && !isUnfoldedByItem {
            let unfolding = ImageToColumns(window: window, height: height, width: width)
            let taps = window.kernel * window.kernel
            team.run(inputChannels) { channel, _ in
                guard let columns = unsafe task.columns else { return }
                unsafe unfolding.unfold(
                    task.input, channels: channel..<channel + 1, rows: 0..<outputHeight,
                    into: columns + channel * taps * plane)
            }
        }
        team.run(cut.items) { item, thread in unsafe multiply(task, cut.part(item), thread) }
    }

    private func multiply(_ task: Task, _ part: Cut.Part, _ thread: Int) {
        let first = part.rows.lowerBound * outputWidth
        let count = part.rows.count * outputWidth
        let target = unsafe task.output + part.channels.lowerBound * plane + first
        unsafe MatrixProduct.multiply(
            MatrixProduct.Part(task.weights + part.channels.lowerBound * inner, pitch: inner),
            columns(task, part, thread), into: target, pitch: plane, rows: part.channels.count, inner: inner,
            columns: count)
        for channel in part.channels {
            let place = channel * plane + first
            unsafe Self.finish(
                task.output + place, count, bias: task.bias[channel], residual: task.residual.map { unsafe $0 + place },
                isRectified: task.isRectified)
        }
    }

    /// What an item's weights are multiplied with: the map itself, or its windows as columns.
    private func columns(_ task: Task, _ part: Cut.Part, _ thread: Int) -> MatrixProduct.Part {
        let first = part.rows.lowerBound * outputWidth
        guard !isPlainProduct, let all = unsafe task.columns else {
            return unsafe MatrixProduct.Part(task.input + first, pitch: plane)
        }
        guard isUnfoldedByItem else { return unsafe MatrixProduct.Part(all + first, pitch: plane) }
        let mine = unsafe all + thread * itemColumns
        unsafe ImageToColumns(window: window, height: height, width: width).unfold(
            task.input, channels: 0..<inputChannels, rows: part.rows, into: mine)
        return unsafe MatrixProduct.Part(mine, pitch: part.rows.count * outputWidth)
    }

    /// Bias, residual and ReLU of one channel. `x < 0 ? 0 : x` lets a NaN through: a broken network must not look quiet.
    @inline(__always)
    private static func finish(
        _ values: UnsafeMutablePointer<Float>, _ count: Int, bias: Float, residual: UnsafePointer<Float>?,
        isRectified: Bool
    ) {
        if let residual = unsafe residual {
            for x in 0..<count { unsafe values[x] = rectified(values[x] + bias + residual[x]) }
        } else if isRectified {
            for x in 0..<count { unsafe values[x] = rectified(values[x] + bias) }
        } else {
            for x in 0..<count { unsafe values[x] += bias }
        }
    }

    @inline(__always)
    private static func rectified(_ x: Float) -> Float { x < 0 ? 0 : x }
}

/// How a convolution's output is cut: runs of rows of the map, and groups of channels where those are few.
private struct Cut: Sendable {
    /// An item's rows, and its channels, at most.
    let rows: Int
    let channels: Int
    let runs: Int
    let groups: Int
    private let height: Int
    private let allChannels: Int

    /// Columns that stay in a second-level cache beside some weights.
    private static let mostPixels = 448
    /// So many items keep a few threads busy to the end.
    private static let fewestItems = 8
    /// Fewer channels would meet each column too seldom.
    private static let fewestChannels = 64

    init(channels: Int, height: Int, width: Int) {
        let pieces = (height * width + Self.mostPixels - 1) / Self.mostPixels
        rows = (height + pieces - 1) / pieces
        runs = (height + rows - 1) / rows
        let wanted = runs >= Self.fewestItems ? 1 : (Self.fewestItems + runs - 1) / runs
        let group = max((channels + wanted - 1) / wanted, Self.fewestChannels)
        self.channels = min(group, channels)
        groups = (channels + self.channels - 1) / self.channels
        self.height = height
        allChannels = channels
    }

    struct Part {
        let rows: Range<Int>
        let channels: Range<Int>
    }

    var items: Int { runs * groups }

    func part(_ item: Int) -> Part {
        let (row, channel) = (item / groups * rows, item % groups * channels)
        return Part(
            rows: row..<min(row + rows, height), channels: channel..<min(channel + channels, allChannels))
    }
}
