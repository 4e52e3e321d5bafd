// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// All memory that a forward pass touches besides the weights, planned once for one input size.
///
/// A pass reads so many weights that little of it is left in a cache for the next one. So it is little, and taken again at
/// once where a map is no longer needed.
struct InferenceWorkspace: ~Copyable {
    private let engine: ComputeEngine
    var timer: LapTimer?
    private var image: TensorStorage
    /// A block's input and, after the block, its output; `next` is the other one of the pair.
    private var current: TensorSlice
    private var next: TensorSlice
    /// The images' maps after the blocks that each passes by itself; nothing where there is one image.
    private var joined: TensorSlice
    /// What the stem writes; then, of one block after another, the first map and the spatial one.
    private let inner: TensorSlice
    /// Of one layer after another. It is no part of `inner`: a thread's share of it is always the same memory, which stays in a
    /// cache that other threads have no part in.
    private let scratch: TensorSlice
    /// The layout whose border is zeros at the beginning of `inner`.
    private var bordered: MapLayout?
    private let noScratch = Tensor(count: 0).all
    /// Of each image of the last run: whether what came of it says so where a value of it is no number.
    private(set) var areSound: [Bool]
    private let features: TensorSlice
    private let logits: TensorSlice

    init(plan: InferencePlan, engine: ComputeEngine) {
        self.engine = engine
        image = TensorStorage(count: plan.stem.inputCount)
        current = Tensor(count: plan.mapCount).all
        next = Tensor(count: plan.mapCount).all
        joined = Tensor(count: plan.images > 1 ? plan.mapCount : 0).all
        inner = Tensor(count: plan.innerCount).all
        scratch = Tensor(count: plan.scratchCount(on: engine)).all
        areSound = [Bool](repeating: true, count: plan.images)
        features = Tensor(count: plan.features.count).all
        logits = Tensor(count: plan.head?.output.count ?? 0).all
    }

    /// What a look at a map is given: where it begins, and how it lies there.
    typealias Observation = (TensorSlice, MapLayout) -> Void

    /// Input [images, 3, height, width] → features.
    ///
    /// - Parameter observe: sees the pooled map, and of each block the reduced, the spatial and the last map.
    mutating func run(
        _ plan: InferencePlan, input: Span<Float>, weights: borrowing PackedWeights,
        observing observe: Observation = { _, _ in }
    ) {
        let pixels = input.count / plan.images
        for image in 0..<plan.images {
            areSound[image] = runAlone(
                plan, input: input.extracting(image * pixels..<(image + 1) * pixels), weights: weights, observe)
            if plan.images > 1 { join(plan, image) }
        }
        if plan.images > 1 { swap(&current, &joined) }
        for block in plan.blocks[InferencePlan.firstJoinedBlock...] { run(block, weights: weights, observe) }
        average(plan)
        timer?.lap()
    }

    /// Input [3, height, width] → the map after the blocks that each image passes by itself.
    ///
    /// - Returns: whether the map is one of the input: bytes of what is no number are those of some other image.
    private mutating func runAlone(
        _ plan: InferencePlan, input: Span<Float>, weights: borrowing PackedWeights, _ observe: Observation
    ) -> Bool {
        bordered = nil
        let isSound = plan.stem.fill(&image, from: input, on: engine)
        plan.stem.run(image.span, weights, .rectified, engine, scratch, into: inner)
        timer?.lap()
        pool(plan)
        timer?.lap()
        observe(current, plan.pooled)
        for block in plan.blocks[..<InferencePlan.firstJoinedBlock] { run(block, weights: weights, observe) }
        return isSound
    }

    /// Features → logits [images, outputs].
    func runHead(_ head: InferenceStep, weights: borrowing PackedWeights) -> [Float] {
        head.run(features.span, weights, .identity, engine, noScratch, into: logits)
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
        let spatial = inner.slice(block.spatialStart..<inner.count)
        clearBorder(block.reduce.output)
        block.reduce.run(current.span, weights, .rectified, engine, noScratch, into: inner)
        timer?.lap()
        observe(inner, block.reduce.output)
        block.spatial.run(inner.span, weights, .rectified, engine, scratch, into: spatial)
        timer?.lap()
        observe(spatial, block.spatial.output)
        add(spatial, block, weights)
        timer?.lap(ofEqualLayers: block.projectsAlongside ? 2 : 1)
        observe(current, block.expand.output)
    }

    /// Zeros around the map that comes to the beginning of `inner`, unless nothing has been there since the last one.
    private mutating func clearBorder(_ layout: MapLayout) {
        guard bordered != layout else { return }
        var map = inner.mutableSpan
        layout.clearBorder(of: &map, on: engine)
        bordered = layout
    }

    /// A block's last convolution, into the shortcut where that lies as the output does: each line of it comes to a cache once.
    private mutating func add(
        _ spatial: TensorSlice, _ block: Bottleneck<InferenceStep>, _ weights: borrowing PackedWeights
    ) {
        switch block.shortcut {
        case .identity where block.addsInPlace:
            return block.expand.run(spatial, weights, engine, noScratch, addedTo: current)
        case .identity:
            block.expand.run(spatial, weights, adding: current, engine, noScratch, into: next)
        case .projection(let projection) where block.projectsAlongside:
            block.expand.run(spatial, weights, after: projection, of: current, engine, scratch, into: next)
        case .projection(let projection):
            let shortcut = block.addsInPlace ? next : scratch
            projection.run(current.span, weights, .identity, engine, noScratch, into: shortcut)
            timer?.lap()
            if block.addsInPlace {
                block.expand.run(spatial, weights, engine, noScratch, addedTo: next)
            } else {
                block.expand.run(spatial, weights, adding: shortcut, engine, noScratch, into: next)
            }
        }
        swap(&current, &next)
    }

    private func pool(_ plan: InferencePlan) {
        var output = current.mutableSpan
        if plan.pooled.precision == .int8 {
            return QuantizedPooling.maximum(
                inner.span, plan.stem.output, window: ResNet50Layout.stemPool, plan.pooled, on: engine, into: &output)
        }
        BlockedPooling.maximum(
            inner.span, plan.stem.output, window: ResNet50Layout.stemPool, plan.pooled, on: engine, into: &output)
    }

    private func join(_ plan: InferencePlan, _ image: Int) {
        var maps = joined.mutableSpan
        plan.joined.insert(current.span, asImage: image, on: engine, into: &maps)
    }

    private func average(_ plan: InferencePlan) {
        var means = features.mutableSpan
        BlockedPooling.globalAverage(current.span, plan.last, plan.features, on: engine, into: &means)
    }
}

extension Bottleneck where Unit == InferenceStep {
    /// Bytes are added to floats, and floats to bytes, elsewhere.
    var addsInPlace: Bool {
        guard case .quantized(let unit) = expand.method else { return true }
        return unit.residual?.layout == unit.convolution.output
    }

    /// Where the spatial map begins, behind the one that it is computed from.
    var spatialStart: Int { reduce.output.endOfLine }

    /// Whether projection and last convolution are computed part by part together, for the floats between them are four times as
    /// large as the bytes: both are 1×1 with stride 1, as many products.
    var projectsAlongside: Bool {
        guard case .quantized(let first) = projection?.method, case .quantized(let last) = expand.method
        else { return false }
        return first.convolution.isOneRow && last.convolution.isOneRow
    }

    /// Words of scratch: of the 3×3, or what a projection writes that is not the output's place.
    func scratchCount(on engine: ComputeEngine) -> Int {
        let count = spatial.scratchCount(on: engine)
        guard let projection, !addsInPlace else { return count }
        guard projectsAlongside, case .quantized(let first) = projection.method,
            case .quantized(let last) = expand.method
        else { return max(count, projection.output.count) }
        return max(count, last.convolution.scratchCount(after: first.convolution, on: engine))
    }
}

extension MapLayout {
    /// Words up to the cache line after the map.
    var endOfLine: Int {
        let line = TensorStorage.alignmentBytes / MemoryLayout<Float>.stride
        return (count + line - 1) / line * line
    }
}

extension InferenceStep {
    /// Lays an image out as the first convolution reads it, [3, height, width].
    ///
    /// - Returns: whether the layout tells of values that are no numbers, or there are none.
    fileprivate func fill(_ image: inout TensorStorage, from input: Span<Float>, on engine: ComputeEngine) -> Bool {
        var pixels = image.mutableSpan
        switch method {
        case .direct(let convolution): convolution.input.fill(&pixels, from: input, on: engine)
        case .quantizedStem(let stem): return stem.convolution.fill(&pixels, from: input, on: engine)
        case .winograd(let convolution): convolution.input.fill(&pixels, from: input, on: engine)
        case .quantized: preconditionFailure("no first convolution")
        }
        return true
    }

    /// result = activation(convolution(map) + bias).
    fileprivate func run(
        _ map: Span<Float>, _ storage: borrowing PackedWeights, _ activation: BlockedConvolution.Activation,
        _ engine: ComputeEngine, _ scratch: TensorSlice, into result: TensorSlice
    ) {
        var values = result.mutableSpan
        var scratch = scratch.mutableSpan
        let (weights, bias) = (storage.span.extracting(weights), storage.span.extracting(bias))
        switch method {
        case .direct(let convolution):
            convolution.forward(map, weights: weights, bias: bias, activation: activation, on: engine, into: &values)
        case .winograd(let convolution):
            convolution.forward(
                map, weights: weights, bias: bias, activation: activation, on: engine, scratch: &scratch,
                into: &values)
        case .quantized(let unit):
            unit.convolution.forward(
                map, weights: weights, scaling: bias, activation: activation, on: engine, scratch: &scratch,
                into: &values)
        case .quantizedStem(let stem):
            stem.convolution.forward(map, weights: weights, scaling: bias, on: engine, into: &values)
        }
    }

    /// result = max(convolution(map) + bias + result, 0).
    fileprivate func run(
        _ map: TensorSlice, _ storage: borrowing PackedWeights, _ engine: ComputeEngine, _ noScratch: TensorSlice,
        addedTo result: TensorSlice
    ) {
        var values = result.mutableSpan
        let (weights, bias) = (storage.span.extracting(weights), storage.span.extracting(bias))
        switch method {
        case .direct(let convolution):
            convolution.forward(map.span, weights: weights, bias: bias, addedTo: &values, on: engine)
        case .winograd, .quantizedStem: preconditionFailure("a residual is added by a 1×1")
        case .quantized(let unit):
            var scratch = noScratch.mutableSpan
            unit.convolution.forward(
                map.span, weights: weights, scaling: bias, times: unit.residual?.factor ?? 0, addedTo: &values,
                on: engine, scratch: &scratch)
        }
    }

    /// The same with a residual that lies elsewhere.
    fileprivate func run(
        _ map: TensorSlice, _ storage: borrowing PackedWeights, adding residual: TensorSlice, _ engine: ComputeEngine,
        _ noScratch: TensorSlice, into result: TensorSlice
    ) {
        guard case .quantized(let unit) = method, let added = unit.residual else {
            preconditionFailure("floats are added where they are")
        }
        var values = result.mutableSpan
        var scratch = noScratch.mutableSpan
        let scaling = storage.span.extracting(bias)
        unit.convolution.forward(
            map.span, weights: storage.span.extracting(weights), scaling: scaling, adding: added, residual.span,
            on: engine, scratch: &scratch, into: &values)
    }

    /// The same with what a projection of another map writes.
    fileprivate func run(
        _ map: TensorSlice, _ storage: borrowing PackedWeights, after projection: InferenceStep,
        of projected: TensorSlice, _ engine: ComputeEngine, _ scratch: TensorSlice, into result: TensorSlice
    ) {
        guard case .quantized(let unit) = method, case .quantized(let first) = projection.method else {
            preconditionFailure("a projection is added before")
        }
        var values = result.mutableSpan
        var scratch = scratch.mutableSpan
        let weights = storage.span
        unit.convolution.forward(
            .init(map: map.span, weights: weights.extracting(self.weights), scaling: weights.extracting(bias)),
            times: unit.residual?.factor ?? 0, after: first.convolution,
            .init(
                map: projected.span, weights: weights.extracting(projection.weights),
                scaling: weights.extracting(projection.bias)),
            on: engine, scratch: &scratch, into: &values)
    }
}
