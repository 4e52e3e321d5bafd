// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// All memory that a forward pass by matrix products touches besides the weights, planned once for one input size.
struct MatrixWorkspace: ~Copyable {
    private let team: ComputeTeam
    var timer: LapTimer?
    /// A block's input and, after the block, its output; `next` is the other one of the pair.
    private var current: TensorStorage
    private var next: TensorStorage
    /// After a block's first 1×1 and after its 3×3.
    private var reduced: TensorStorage
    private var spatial: TensorStorage
    private var shortcut: TensorStorage
    private var columns: TensorStorage
    /// [images, features].
    private var features: TensorStorage

    init(plan: MatrixPlan, team: ComputeTeam) {
        self.team = team
        current = TensorStorage(count: plan.mapCount)
        next = TensorStorage(count: plan.mapCount)
        reduced = TensorStorage(count: plan.reducedCount)
        spatial = TensorStorage(count: plan.spatialCount)
        shortcut = TensorStorage(count: plan.shortcutCount)
        columns = TensorStorage(count: plan.columnCount(on: team))
        features = TensorStorage(count: plan.images * plan.featureCount)
    }

    /// Input [images, 3, height, width] → features.
    mutating func run(_ plan: MatrixPlan, input: Span<Float>, weights: borrowing PackedWeights) {
        let count = 3 * plan.input.plane
        for image in 0..<plan.images {
            run(plan, image, input: input.extracting(image * count..<(image + 1) * count), weights: weights)
        }
    }

    private mutating func run(
        _ plan: MatrixPlan, _ image: Int, input: Span<Float>, weights: borrowing PackedWeights
    ) {
        plan.stem.run(input, weights, .rectified, team, &columns, into: &next)
        timer?.lap()
        Self.pool(next, plan.stem, team, into: &current)
        timer?.lap()
        for block in plan.blocks { run(block, weights: weights) }
        Self.average(current, plan, image, into: &features)
        timer?.lap()
    }

    /// W·features + b → logits [images, outputs].
    func logits(_ head: MatrixPlan.Head, _ plan: MatrixPlan, weights: borrowing PackedWeights) -> [Float] {
        let bias = weights.span.extracting(head.bias)
        var logits: [Float] = []
        for image in 0..<plan.images {
            var sums = [Float](repeating: 0, count: head.bias.count)
            var result = sums.mutableSpan
            MatrixProduct.multiply(
                weights.span.extracting(head.weights),
                features.span.extracting(image * plan.featureCount..<(image + 1) * plan.featureCount), into: &result,
                rows: head.bias.count, inner: plan.featureCount, columns: 1)
            for output in sums.indices { logits.append(sums[output] + bias[output]) }
        }
        timer?.lap()
        return logits
    }

    /// The last run's features [images, channels].
    var featureValues: [Float] {
        let span = features.span
        return span.indices.map { span[$0] }
    }

    /// The last map of the last image, [channels, height, width]; the features are its means.
    func lastMapValues(_ plan: MatrixPlan) -> [Float] {
        let span = current.span
        return (0..<plan.featureCount * plan.last.plane).map { span[$0] }
    }

    private mutating func run(_ block: Bottleneck<MatrixStep>, weights: borrowing PackedWeights) {
        block.reduce.run(current, weights, .rectified, team, &columns, into: &reduced)
        timer?.lap()
        block.spatial.run(reduced, weights, .rectified, team, &columns, into: &spatial)
        timer?.lap()
        switch block.shortcut {
        case .identity:
            block.expand.run(spatial, weights, adding: current, team, &columns, into: &next)
        case .projection(let projection):
            projection.run(current, weights, .identity, team, &columns, into: &shortcut)
            timer?.lap()
            block.expand.run(spatial, weights, adding: shortcut, team, &columns, into: &next)
        }
        timer?.lap()
        swap(&current, &next)
    }

    private static func pool(
        _ map: borrowing TensorStorage, _ stem: MatrixStep, _ team: ComputeTeam, into pooled: inout TensorStorage
    ) {
        var output = pooled.mutableSpan
        Pooling.maximum(
            map.span, channels: stem.convolution.outputChannels, height: stem.output.height,
            width: stem.output.width, window: ResNet50Layout.stemPool, on: team, into: &output)
    }

    private static func average(
        _ map: borrowing TensorStorage, _ plan: MatrixPlan, _ image: Int, into features: inout TensorStorage
    ) {
        let count = plan.featureCount
        var means = features.mutableSpan(of: image * count..<(image + 1) * count)
        Pooling.globalAverage(map.span, channels: count, plane: plan.last.plane, into: &means)
    }
}

extension MatrixStep {
    /// The same of a map in planned memory.
    fileprivate func run(
        _ map: borrowing TensorStorage, _ storage: borrowing PackedWeights,
        _ activation: BlockedConvolution.Activation, _ team: ComputeTeam, _ columns: inout TensorStorage,
        into output: inout TensorStorage
    ) {
        run(map.span, storage, activation, team, &columns, into: &output)
    }

    /// output = activation(convolution(map) + bias).
    fileprivate func run(
        _ map: Span<Float>, _ storage: borrowing PackedWeights, _ activation: BlockedConvolution.Activation,
        _ team: ComputeTeam, _ columns: inout TensorStorage, into output: inout TensorStorage
    ) {
        var scratch = columns.mutableSpan
        var result = output.mutableSpan
        convolution.forward(
            map, weights: storage.span.extracting(weights), bias: storage.span.extracting(bias),
            activation: activation, on: team, columns: &scratch, output: &result)
    }

    /// output = max(convolution(map) + bias + residual, 0).
    fileprivate func run(
        _ map: borrowing TensorStorage, _ storage: borrowing PackedWeights, adding residual: borrowing TensorStorage,
        _ team: ComputeTeam, _ columns: inout TensorStorage, into output: inout TensorStorage
    ) {
        var scratch = columns.mutableSpan
        var result = output.mutableSpan
        convolution.forward(
            map.span, weights: storage.span.extracting(weights), bias: storage.span.extracting(bias),
            adding: residual.span, on: team, columns: &scratch, output: &result)
    }
}
