package import TensorMath

/// The network as the daemon runs it: batch norm folded, all memory planned, no allocation per image but the result.
///
/// Not thread-safe: a pass writes into the one workspace, so the caller serializes. The type is therefore not `Sendable`,
/// and the compiler holds the caller to it. It cannot train; training is another type. For a given instruction set the
/// logits are the same bit for bit, whatever the number of threads.
package final class ResNet50Inference {
    package let layout: ResNet50Layout
    /// Images of a pass.
    package let batchSize: Int
    package let precision: Precision
    package let inputHeight: Int
    package let inputWidth: Int
    private let plan: InferencePlan
    private let weights: TensorStorage
    private var workspace: InferenceWorkspace

    /// The smallest side that still leaves a pixel after five halvings.
    package static let smallestSide = 32

    /// Folds and packs the parameters and plans for batches of one size.
    package init(
        parameters: ResNet50Parameters, batchSize: Int = 1, inputHeight: Int, inputWidth: Int,
        precision: Precision = .float32,
        engine: ComputeEngine = .shared
    ) throws(FoldingFailure) {
        precondition(
            inputHeight >= Self.smallestSide && inputWidth >= Self.smallestSide, "input smaller than 32×32")
        precondition(batchSize > 0, "a batch without images")
        layout = parameters.layout
        self.batchSize = batchSize
        self.precision = precision
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        plan = InferencePlan(
            layout: layout, images: batchSize, input: MapSize(height: inputHeight, width: inputWidth),
            precision: precision)
        weights = try Self.packed(parameters, plan: plan)
        workspace = InferenceWorkspace(plan: plan, engine: engine)
    }

    /// Floats that `logits(of:)` takes.
    package var inputCount: Int { batchSize * 3 * inputHeight * inputWidth }

    /// One forward pass.
    ///
    /// - Parameter input: NCHW, batch×3×height×width, already normalized.
    /// - Returns: batch×outputs values, or none for a network without a head.
    package func logits(of input: [Float]) -> [Float] {
        run(input)
        return plan.head.map { workspace.runHead($0, weights: weights) } ?? []
    }

    /// What the head sees, batch×channels: the mean of each channel of the last map.
    package func features(of input: [Float]) -> [Float] {
        run(input)
        return workspace.featureValues(plan)
    }

    private func run(_ input: [Float]) {
        precondition(input.count == inputCount, "the network takes \(batchSize)×3×\(inputHeight)×\(inputWidth) values")
        workspace.run(plan, input: input.span, weights: weights)
    }

    private static func packed(
        _ parameters: ResNet50Parameters, plan: InferencePlan
    ) throws(FoldingFailure) -> TensorStorage {
        var storage = TensorStorage(count: plan.weightCount)
        let layout = parameters.layout
        plan.stem.pack(try layout.stem.folded(parameters), into: &storage)
        for (units, steps) in zip(layout.blocks, plan.blocks) {
            for (unit, step) in zip(units.units, steps.units) {
                step.pack(try unit.folded(parameters), into: &storage)
            }
        }
        plan.head?.pack((Array(parameters["fc.weight"]), Array(parameters["fc.bias"])), into: &storage)
        return storage
    }
}
