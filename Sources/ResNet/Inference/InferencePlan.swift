// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// What inference does for a batch of one input size: every convolution with the layout of its maps, and the memory they need.
///
/// The first layers' maps are large and their weights small: a batch's images pass them one by one, so that a map is still in
/// a cache when it is read again. Later it is the other way round, and all images pass a layer before the next.
struct InferencePlan: Sendable {
    let precision: Precision
    let images: Int
    let stem: InferenceStep
    let pooled: MapLayout
    let blocks: [Bottleneck<InferenceStep>]
    /// All images' maps between the blocks that each passes by itself and the others.
    let joined: MapLayout
    let last: MapLayout
    /// The means of `last`.
    let features: MapLayout
    let head: InferenceStep?
    /// Floats of the storage that holds all packed weights and biases.
    let weightCount: Int
    /// Of the ranges, which decide packed weights too.
    private let fingerprint: String?

    /// - Parameter ranges: of int8.
    init(
        layout: ResNet50Layout, images: Int, input: MapSize, precision: Precision, ranges: ActivationRanges? = nil
    ) {
        self.precision = precision
        self.images = images
        var packing = WeightPacking(precision: precision)
        if let ranges {
            stem = packing.placeStem(layout.stem, input, ranges)
        } else {
            let image = MapLayout.planar(
                channels: 3, height: input.height, width: input.width,
                border: layout.stem.window.padding)
            stem = packing.place(layout.stem, input: image)
        }
        let size = MapSize(stem.output).output(of: ResNet50Layout.stemPool)
        pooled = .blocked(
            channels: stem.output.channels, height: size.height, width: size.width, precision: precision)
        if let ranges {
            blocks = packing.place(layout.blocks, input: pooled, images: images, ranges)
        } else {
            var map = pooled
            var blocks: [Bottleneck<InferenceStep>] = []
            for (index, block) in layout.blocks.enumerated() {
                if index == Self.firstJoinedBlock { map = map.holding(images: images) }
                let placed = packing.place(block, input: map)
                map = placed.expand.output
                blocks.append(placed)
            }
            self.blocks = blocks
        }
        joined = blocks[Self.firstJoinedBlock - 1].expand.output.holding(images: images)
        last = blocks.last?.expand.output ?? pooled
        let features = MapLayout.blocked(images: images, channels: last.channels, height: 1, width: 1)
        self.features = features
        head = layout.outputs.map { packing.placeHead(features: features, outputs: $0) }
        weightCount = packing.count
        fingerprint = ranges?.fingerprint
    }

    /// From here on all images pass a layer before the next: 14×14 pixels at 224, and three quarters of all weights.
    static let firstJoinedBlock = ResNet50Layout.firstBlock(ofStage: 3)

    /// Words of the largest map between two blocks.
    var mapCount: Int { ([pooled, joined] + blocks.map(\.expand.output)).map(\.count).max() ?? 0 }

    /// Words of the largest maps within a block, or of the stem's.
    var innerCount: Int { max(stem.output.count, blocks.map { $0.spatialStart + $0.spatial.output.count }.max() ?? 0) }

    /// Words of scratch of the layer that needs most.
    func scratchCount(on engine: ComputeEngine) -> Int {
        max(stem.scratchCount(on: engine), blocks.map { $0.scratchCount(on: engine) }.max() ?? 0)
    }

    /// Which weights lie where: equal for plans that can share packed weights. Counts up when the packing changes.
    var packing: String {
        let methods = ([stem] + blocks.flatMap(\.units)).map(\.method.letter).joined()
        return "3 \(precision.rawValue) \(weightCount) \(methods)" + (fingerprint.map { " \($0)" } ?? "")
    }
}

extension MapSize {
    init(_ layout: MapLayout) { self.init(height: layout.height, width: layout.width) }
}

/// Hands out consecutive ranges of the weight storage, each on a cache line.
struct WeightPacking {
    private let precision: Precision
    private(set) var count = 0

    init(precision: Precision) { self.precision = precision }

    mutating func take(_ floats: Int) -> Range<Int> {
        let line = TensorStorage.alignmentBytes / MemoryLayout<Float>.stride
        let start = (count + line - 1) / line * line
        count = start + floats
        return start..<count
    }

    /// - Parameter border: the padding of the convolution that reads the output.
    mutating func place(_ unit: ConvolutionUnit, input: MapLayout, border: Int = 0) -> InferenceStep {
        let size = MapSize(input).output(of: unit.window)
        let output = MapLayout.blocked(
            images: input.images, channels: unit.outputChannels, height: size.height, width: size.width,
            border: border, precision: precision)
        switch ConvolutionChoice.whileJudging(ConvolutionChoice.Case(window: unit.window, of: output)).method {
        case .winograd(let tile):
            return place(.winograd(WinogradConvolution(tile: tile, input: input, output: output)))
        case .direct:
            return place(.direct(BlockedConvolution(window: unit.window, input: input, output: output)))
        }
    }

    /// In the order in which they are computed: a convolution's end asks for the weights behind its own.
    mutating func place(_ block: Bottleneck<ConvolutionUnit>, input: MapLayout) -> Bottleneck<InferenceStep> {
        let reduce = place(block.reduce, input: input, border: block.spatial.window.padding)
        let spatial = place(block.spatial, input: reduce.output)
        let projection = block.projection.map { place($0, input: input) }
        let expand = place(block.expand, input: spatial.output)
        return Bottleneck(
            reduce: reduce, spatial: spatial, expand: expand,
            shortcut: projection.map(Bottleneck.Shortcut.projection) ?? .identity)
    }

    /// The linear layer is a 1×1 convolution over maps of one pixel.
    mutating func placeHead(features: MapLayout, outputs: Int) -> InferenceStep {
        place(
            .direct(
                BlockedConvolution(
                    window: WindowGeometry(kernel: 1, stride: 1, padding: 0), input: features,
                    output: .blocked(images: features.images, channels: outputs, height: 1, width: 1))))
    }

    mutating func place(_ method: InferenceStep.Method) -> InferenceStep {
        InferenceStep(method: method, weights: take(method.counts.weights), bias: take(method.counts.bias))
    }
}
