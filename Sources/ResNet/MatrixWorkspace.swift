// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// All memory that a forward pass touches besides the weights, planned once for one input size.
struct MatrixWorkspace: ~Copyable {
    /// A block's input and, after the block, its output; `next` is the other one of the pair.
    private var current: TensorStorage
    private var next: TensorStorage
    /// After a block's first 1×1 and after its 3×3.
    private var reduced: TensorStorage
    private var spatial: TensorStorage
    private var shortcut: TensorStorage
    private var columns: TensorStorage
    private var features: TensorStorage

    init(plan: MatrixPlan) {
        current = TensorStorage(count: plan.mapCount)
        next = TensorStorage(count: plan.mapCount)
        reduced = TensorStorage(count: plan.reducedCount)
        spatial = TensorStorage(count: plan.spatialCount)
        shortcut = TensorStorage(count: plan.shortcutCount)
        columns = TensorStorage(count: plan.columnCount)
        features = TensorStorage(count: plan.featureCount)
    }

    /// Input [3, height, width] → features [featureCount].
    mutating func run(_ plan: MatrixPlan, input: Span<Float>, weights: borrowing TensorStorage) {
        Self.copy(input, into: &current)
        plan.stem.convolve(current, weights: weights, columns: &columns, output: &next)
        plan.stem.finish(&next, weights: weights)
        Self.pool(next, plan.stem, into: &current)
        for block in plan.blocks { run(block, weights: weights) }
        Self.average(current, plan, into: &features)
    }

    /// W·features + b → logits [outputs].
    func runHead(_ head: MatrixPlan.Head, weights: borrowing TensorStorage, logits: inout MutableSpan<Float>) {
        MatrixProduct.multiply(
            weights.span.extracting(head.weights), features.span, into: &logits, rows: head.bias.count,
            inner: features.count, columns: 1)
        ElementwiseLoops.addBias(&logits, bias: weights.span.extracting(head.bias), plane: 1)
    }

    /// A copy of the features of the last run.
    func featureValues() -> [Float] {
        let span = features.span
        return span.indices.map { span[$0] }
    }

    private mutating func run(_ block: Bottleneck<MatrixStep>, weights: borrowing TensorStorage) {
        block.reduce.convolve(current, weights: weights, columns: &columns, output: &reduced)
        block.reduce.finish(&reduced, weights: weights)
        block.spatial.convolve(reduced, weights: weights, columns: &columns, output: &spatial)
        block.spatial.finish(&spatial, weights: weights)
        block.expand.convolve(spatial, weights: weights, columns: &columns, output: &next)
        switch block.shortcut {
        case .identity:
            block.expand.finish(&next, adding: current, weights: weights)
        case .projection(let projection):
            projection.convolve(current, weights: weights, columns: &columns, output: &shortcut)
            projection.addBias(&shortcut, weights: weights)
            block.expand.finish(&next, adding: shortcut, weights: weights)
        }
        swap(&current, &next)
    }

    private static func copy(_ input: Span<Float>, into map: inout TensorStorage) {
        var values = map.mutableSpan
        for place in input.indices { values[place] = input[place] }
    }

    private static func pool(
        _ map: borrowing TensorStorage, _ stem: MatrixStep, into pooled: inout TensorStorage
    ) {
        var output = pooled.mutableSpan
        Pooling.maximum(
            map.span, channels: stem.convolution.outputChannels, height: stem.output.height,
            width: stem.output.width, window: ResNet50Layout.stemPool, into: &output)
    }

    private static func average(
        _ map: borrowing TensorStorage, _ plan: MatrixPlan, into features: inout TensorStorage
    ) {
        var output = features.mutableSpan
        let plane = plan.blocks.last?.expand.output.plane ?? plan.pooled.plane
        Pooling.globalAverage(map.span, channels: plan.featureCount, plane: plane, into: &output)
    }
}

// The steps of a folded convolution, one pass over the map each.
extension MatrixStep {
    /// output = convolution(map), its bias still missing.
    fileprivate func convolve(
        _ map: borrowing TensorStorage, weights storage: borrowing TensorStorage, columns: inout TensorStorage,
        output: inout TensorStorage
    ) {
        var scratch = columns.mutableSpan
        var result = output.mutableSpan
        convolution.forward(
            map.span, height: input.height, width: input.width, weights: storage.span.extracting(weights),
            columns: &scratch, output: &result)
    }

    /// map = max(map + bias, 0).
    fileprivate func finish(_ map: inout TensorStorage, weights: borrowing TensorStorage) {
        var values = map.mutableSpan
        ElementwiseLoops.addBiasAndRectify(
            &values, bias: weights.span.extracting(bias), plane: output.plane)
    }

    /// map = max(map + bias + residual, 0).
    fileprivate func finish(
        _ map: inout TensorStorage, adding residual: borrowing TensorStorage, weights: borrowing TensorStorage
    ) {
        var values = map.mutableSpan
        ElementwiseLoops.addBiasAndResidualAndRectify(
            &values, bias: weights.span.extracting(bias), residual: residual.span, plane: output.plane)
    }

    /// map = map + bias.
    fileprivate func addBias(_ map: inout TensorStorage, weights: borrowing TensorStorage) {
        var values = map.mutableSpan
        ElementwiseLoops.addBias(&values, bias: weights.span.extracting(bias), plane: output.plane)
    }
}
