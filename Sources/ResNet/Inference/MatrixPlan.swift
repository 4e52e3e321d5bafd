// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// What inference by matrix products does for one input size: the folded convolutions in order, and how much memory each
/// buffer needs. A batch's images are taken one after another.
struct MatrixPlan: Sendable {
    let images: Int
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

        func pack(_ values: (weights: [Float], bias: [Float]), into storage: inout TensorStorage) {
            var target = storage.mutableSpan
            for (place, value) in zip(weights, values.weights) { target[place] = value }
            for (place, value) in zip(bias, values.bias) { target[place] = value }
        }
    }

    init(layout: ResNet50Layout, images: Int, input: MapSize) {
        var allocator = Allocator()
        self.images = images
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
        // In whole cache lines, as all packed weights are summed up.
        weightCount = allocator.take(0).lowerBound
    }

    /// Largest number of floats at each place of the workspace.
    var mapCount: Int {
        ([stem] + blocks.map(\.expand)).map(\.convolution.outputCount).reduce(3 * input.plane, max)
    }
    var reducedCount: Int { blocks.map(\.reduce.convolution.outputCount).max() ?? 0 }
    var spatialCount: Int { blocks.map(\.spatial.convolution.outputCount).max() ?? 0 }
    var shortcutCount: Int { blocks.compactMap(\.projection?.convolution.outputCount).max() ?? 0 }

    /// Floats of scratch that the widest step needs.
    func columnCount(on team: ComputeTeam) -> Int {
        ([stem] + blocks.flatMap(\.units)).map { $0.convolution.columnCount(on: team) }.max() ?? 0
    }

    /// The last map's extent.
    var last: MapSize { blocks.last?.expand.output ?? pooled }
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
            inputChannels: unit.inputChannels, outputChannels: unit.outputChannels, window: unit.window,
            height: input.height, width: input.width)
        return MatrixStep(
            convolution: convolution, weights: take(convolution.weightCount), bias: take(unit.outputChannels),
            output: input.output(of: unit.window))
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
