// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// All memory that a forward pass touches besides the weights, planned once for one input size.
struct InferenceWorkspace: ~Copyable {
    private let engine: ComputeEngine
    var timer: LapTimer?
    private var image: TensorStorage
    /// A block's input and, after the block, its output; `next` is the other one of the pair.
    private var current: TensorStorage
    private var next: TensorStorage
    /// The images' maps after the blocks that each passes by itself; nothing where there is one image.
    private var joined: TensorStorage
    /// After a block's first 1×1: a place for each layout, because the zeros of a border must stay.
    private var reduced: TensorStorage
    private let reducedStarts: [MapLayout: Int]
    private var spatial: TensorStorage
    /// What a projection writes, and until then the scratch of the 3×3 and the stem: no other steps need any.
    private var shortcut: TensorStorage
    /// Of the steps that read or write the shortcut.
    private var noScratch = TensorStorage(count: 0)
    private var features: TensorStorage
    private var logits: TensorStorage

    init(plan: InferencePlan, engine: ComputeEngine) {
        self.engine = engine
        image = TensorStorage(count: plan.stem.inputCount)
        current = TensorStorage(count: plan.mapCount)
        next = TensorStorage(count: plan.mapCount)
        joined = TensorStorage(count: plan.images > 1 ? plan.mapCount : 0)
        var starts: [MapLayout: Int] = [:]
        var count = 0
        for layout in plan.reducedLayouts {
            starts[layout] = count
            // Each on a cache line; a map of bfloat16 may end in the middle of one.
            count += (layout.count + MapLayout.blockLanes - 1) / MapLayout.blockLanes * MapLayout.blockLanes
        }
        reduced = TensorStorage(count: count)
        reducedStarts = starts
        spatial = TensorStorage(count: plan.spatialCount)
        shortcut = TensorStorage(count: max(plan.shortcutCount, plan.scratchCount(on: engine)))
        features = TensorStorage(count: plan.features.count)
        logits = TensorStorage(count: plan.head?.output.count ?? 0)
    }

    /// What a look at a map is given: the storage, where the map begins in it, and how it lies there.
    typealias Observation = (borrowing TensorStorage, Int, MapLayout) -> Void

    /// Input [images, 3, height, width] → features.
    ///
    /// - Parameter observe: sees the pooled map, and of each block the reduced, the spatial and the last map.
    mutating func run(
        _ plan: InferencePlan, input: Span<Float>, weights: borrowing PackedWeights,
        observing observe: Observation = { _, _, _ in }
    ) {
        let pixels = input.count / plan.images
        for image in 0..<plan.images {
            runAlone(plan, input: input.extracting(image * pixels..<(image + 1) * pixels), weights: weights, observe)
            if plan.images > 1 { Self.join(current, of: image, plan, into: &joined) }
        }
        if plan.images > 1 { swap(&current, &joined) }
        for block in plan.blocks[InferencePlan.firstJoinedBlock...] { run(block, weights: weights, observe) }
        Self.average(current, plan, engine, into: &features)
        timer?.lap()
    }

    /// Input [3, height, width] → the map after the blocks that each image passes by itself.
    private mutating func runAlone(
        _ plan: InferencePlan, input: Span<Float>, weights: borrowing PackedWeights, _ observe: Observation
    ) {
        plan.stem.fill(&image, from: input, on: engine)
        plan.stem.run(image, weights, .rectified, engine, &shortcut, into: &next)
        timer?.lap()
        Self.pool(next, plan, engine, into: &current)
        timer?.lap()
        observe(current, 0, plan.pooled)
        for block in plan.blocks[..<InferencePlan.firstJoinedBlock] { run(block, weights: weights, observe) }
    }

    /// Features → logits [images, outputs].
    mutating func runHead(_ head: InferenceStep, weights: borrowing PackedWeights) -> [Float] {
        head.run(features, weights, .identity, engine, &noScratch, into: &logits)
        timer?.lap()
        return head.output.values(of: logits.span)
    }

    /// The last run's features [images, channels].
    func featureValues(_ plan: InferencePlan) -> [Float] {
        plan.features.values(of: features.span)
    }

    /// The last map of the last run, [images, channels, height, width] dense; the features are its means.
    func lastMapValues(_ plan: InferencePlan) -> [Float] { plan.last.values(of: current.span) }

    private mutating func run(
        _ block: Bottleneck<InferenceStep>, weights: borrowing PackedWeights, _ observe: Observation
    ) {
        guard let start = reducedStarts[block.reduce.output] else { preconditionFailure("a block of another plan") }
        block.reduce.run(current, weights, .rectified, engine, &noScratch, into: &reduced, at: start)
        timer?.lap()
        observe(reduced, start, block.reduce.output)
        block.spatial.run(reduced, from: start, weights, .rectified, engine, &shortcut, into: &spatial)
        timer?.lap()
        observe(spatial, 0, block.spatial.output)
        switch block.shortcut {
        case .identity:
            block.expand.run(spatial, weights, adding: current, engine, &noScratch, into: &next)
        case .projection(let projection):
            projection.run(current, weights, .identity, engine, &noScratch, into: &shortcut)
            timer?.lap()
            block.expand.run(spatial, weights, adding: shortcut, engine, &noScratch, into: &next)
        }
        timer?.lap()
        swap(&current, &next)
        observe(current, 0, block.expand.output)
    }

    private static func pool(
        _ map: borrowing TensorStorage, _ plan: InferencePlan, _ engine: ComputeEngine,
        into pooled: inout TensorStorage
    ) {
        var output = pooled.mutableSpan
        if plan.pooled.precision == .int8 {
            return QuantizedPooling.maximum(
                map.span, plan.stem.output, window: ResNet50Layout.stemPool, plan.pooled, on: engine, into: &output)
        }
        BlockedPooling.maximum(
            map.span, plan.stem.output, window: ResNet50Layout.stemPool, plan.pooled, on: engine, into: &output)
    }

    private static func join(
        _ map: borrowing TensorStorage, of image: Int, _ plan: InferencePlan, into joined: inout TensorStorage
    ) {
        var maps = joined.mutableSpan
        plan.joined.insert(map.span, asImage: image, into: &maps)
    }

    private static func average(
        _ map: borrowing TensorStorage, _ plan: InferencePlan, _ engine: ComputeEngine,
        into features: inout TensorStorage
    ) {
        var means = features.mutableSpan
        BlockedPooling.globalAverage(map.span, plan.last, plan.features, on: engine, into: &means)
    }
}

extension InferenceStep {
    /// Lays an image out as the first convolution reads it, [3, height, width].
    fileprivate func fill(_ image: inout TensorStorage, from input: Span<Float>, on engine: ComputeEngine) {
        var pixels = image.mutableSpan
        switch method {
        case .direct(let convolution): convolution.input.fill(&pixels, from: input)
        case .quantizedStem(let stem): stem.convolution.fill(&pixels, from: input, on: engine)
        case .winograd(let convolution): convolution.input.fill(&pixels, from: input)
        case .quantized: preconditionFailure("no first convolution")
        }
    }

    /// result = activation(convolution(map) + bias), each map from a start inside its storage.
    fileprivate func run(
        _ map: borrowing TensorStorage, from mapStart: Int = 0, _ storage: borrowing PackedWeights,
        _ activation: BlockedConvolution.Activation, _ engine: ComputeEngine, _ scratch: inout TensorStorage,
        into result: inout TensorStorage, at resultStart: Int = 0
    ) {
        var values = result.mutableSpan(of: resultStart..<resultStart + output.count)
        let map = map.span.extracting(mapStart..<mapStart + inputCount)
        let (weights, bias) = (storage.span.extracting(weights), storage.span.extracting(bias))
        switch method {
        case .direct(let convolution):
            convolution.forward(
                map, weights: weights, bias: bias, activation: activation, on: engine, into: &values)
        case .winograd(let convolution):
            var scratch = scratch.mutableSpan
            convolution.forward(
                map, weights: weights, bias: bias, activation: activation, on: engine, scratch: &scratch,
                into: &values)
        case .quantized(let unit):
            var scratch = scratch.mutableSpan
            unit.convolution.forward(
                map, weights: weights, scaling: bias, activation: activation, on: engine, scratch: &scratch,
                into: &values)
        case .quantizedStem(let stem):
            stem.convolution.forward(map, weights: weights, scaling: bias, on: engine, into: &values)
        }
    }

    /// result = max(convolution(map) + bias + residual, 0).
    fileprivate func run(
        _ map: borrowing TensorStorage, _ storage: borrowing PackedWeights, adding residual: borrowing TensorStorage,
        _ engine: ComputeEngine, _ scratch: inout TensorStorage, into result: inout TensorStorage
    ) {
        var values = result.mutableSpan
        let (weights, bias) = (storage.span.extracting(weights), storage.span.extracting(bias))
        switch method {
        case .direct(let convolution):
            convolution.forward(
                map.span, weights: weights, bias: bias, adding: residual.span, on: engine, into: &values)
        case .winograd, .quantizedStem: preconditionFailure("a residual is added by a 1×1")
        case .quantized(let unit):
            guard let added = unit.residual else { preconditionFailure("a unit without a residual") }
            var scratch = scratch.mutableSpan
            unit.convolution.forward(
                map.span, weights: weights, scaling: bias, adding: added, residual.span, on: engine,
                scratch: &scratch, into: &values)
        }
    }
}
