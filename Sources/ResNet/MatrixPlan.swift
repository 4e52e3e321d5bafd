// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// What inference does for one input size: the folded convolutions in order, and how much memory each buffer needs.
struct MatrixPlan: Sendable {
    let input: MapSize
    let stem: MatrixStep
    let pooled: MapSize
    let blocks: [Bottleneck<MatrixStep>]
    let head: Head?
    let featureCount: Int
    /// Floats of the storage that holds all folded weights and biases.
    let weightCount: Int

    /// The linear layer's place in the weight storage.
    struct Head: Sendable {
        let weights: Range<Int>
        let bias: Range<Int>
    }

    init(layout: ResNet50Layout, input: MapSize) {
        var allocator = Allocator()
        self.input = input
        stem = allocator.place(layout.stem, input: input)
        pooled = stem.output.output(of: ResNet50Layout.stemPool)
        var size = pooled
        var blocks: [Bottleneck<MatrixStep>] = []
        for block in layout.blocks {
            let placed = allocator.place(block, input: size)
            size = placed.expand.output
            blocks.append(placed)
        }
        self.blocks = blocks
        let featureCount = layout.featureCount
        head = layout.outputs.map { outputs in
            Head(weights: allocator.take(outputs * featureCount), bias: allocator.take(outputs))
        }
        self.featureCount = featureCount
        weightCount = allocator.count
    }

    /// Largest number of floats at each place of the workspace.
    var mapCount: Int {
        let sizes = blocks.map(\.expand.outputCount)
        return max(3 * input.plane, stem.outputCount, sizes.max() ?? 0)
    }
    var reducedCount: Int { blocks.map(\.reduce.outputCount).max() ?? 0 }
    var spatialCount: Int { blocks.map(\.spatial.outputCount).max() ?? 0 }
    var shortcutCount: Int { blocks.compactMap(\.projection?.outputCount).max() ?? 0 }
    var columnCount: Int { ([stem] + blocks.flatMap(\.units)).map(\.columnCount).max() ?? 0 }
}

/// Hands out consecutive ranges of the weight storage, each on a cache line.
private struct Allocator {
    private(set) var count = 0

    mutating func take(_ floats: Int) -> Range<Int> {
        let line = TensorStorage.alignmentBytes / MemoryLayout<Float>.stride
        let start = (count + line - 1) / line * line
        count = start + floats
        return start..<count
    }

    mutating func place(_ unit: ConvolutionUnit, input: MapSize) -> MatrixStep {
        let convolution = MatrixConvolution(
            inputChannels: unit.inputChannels, outputChannels: unit.outputChannels, window: unit.window)
        return MatrixStep(
            convolution: convolution, weights: take(convolution.weightCount), bias: take(unit.outputChannels),
            input: input, output: input.output(of: unit.window))
    }

    mutating func place(_ block: Bottleneck<ConvolutionUnit>, input: MapSize) -> Bottleneck<MatrixStep> {
        let reduce = place(block.reduce, input: input)
        let spatial = place(block.spatial, input: reduce.output)
        let expand = place(block.expand, input: spatial.output)
        switch block.shortcut {
        case .identity:
            return Bottleneck(reduce: reduce, spatial: spatial, expand: expand, shortcut: .identity)
        case .projection(let unit):
            return Bottleneck(
                reduce: reduce, spatial: spatial, expand: expand, shortcut: .projection(place(unit, input: input)))
        }
    }
}
