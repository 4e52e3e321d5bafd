// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// The folded network by way of OpenBLAS's matrix products: what `ResNet50Inference` is tested and timed against.
///
/// Same arguments, same logits but for rounding; the plain loops of `ResNet50Reference` take minutes at full width.
package final class ResNet50MatrixInference {
    package let layout: ResNet50Layout
    package let inputHeight: Int
    package let inputWidth: Int
    private let plan: MatrixPlan
    private let weights: TensorStorage
    private var workspace: MatrixWorkspace

    /// Folds the parameters and plans for inputs of one size.
    package init(parameters: ResNet50Parameters, inputHeight: Int, inputWidth: Int) throws(FoldingFailure) {
        precondition(
            inputHeight >= ResNet50Inference.smallestSide && inputWidth >= ResNet50Inference.smallestSide,
            "input smaller than 32×32")
        layout = parameters.layout
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        plan = MatrixPlan(layout: layout, input: MapSize(height: inputHeight, width: inputWidth))
        weights = try Self.folded(parameters, plan: plan)
        workspace = MatrixWorkspace(plan: plan)
    }

    /// Floats that `logits(of:)` takes.
    package var inputCount: Int { 3 * inputHeight * inputWidth }

    /// One forward pass.
    ///
    /// - Parameter input: NCHW, 1×3×height×width, already normalized.
    /// - Returns: one value per output, or none for a network without a head.
    package func logits(of input: [Float]) -> [Float] {
        run(input)
        guard let head = plan.head else { return [] }
        var logits = [Float](repeating: 0, count: head.bias.count)
        var output = logits.mutableSpan
        workspace.runHead(head, weights: weights, logits: &output)
        return logits
    }

    /// The vector that the head sees: the mean of each channel of the last map.
    package func features(of input: [Float]) -> [Float] {
        run(input)
        return workspace.featureValues()
    }

    private func run(_ input: [Float]) {
        precondition(input.count == inputCount, "the network takes 3×\(inputHeight)×\(inputWidth) values")
        workspace.run(plan, input: input.span, weights: weights)
    }

    private static func folded(
        _ parameters: ResNet50Parameters, plan: MatrixPlan
    ) throws(FoldingFailure) -> TensorStorage {
        var storage = TensorStorage(count: plan.weightCount)
        try fold(parameters.layout.stem, plan.stem, parameters, into: &storage)
        for (units, folded) in zip(parameters.layout.blocks, plan.blocks) {
            for (unit, place) in zip(units.units, folded.units) { try fold(unit, place, parameters, into: &storage) }
        }
        if let head = plan.head {
            copy(parameters["fc.weight"], to: head.weights, of: &storage)
            copy(parameters["fc.bias"], to: head.bias, of: &storage)
        }
        return storage
    }

    private static func fold(
        _ unit: ConvolutionUnit, _ place: MatrixStep, _ parameters: ResNet50Parameters,
        into storage: inout TensorStorage
    ) throws(FoldingFailure) {
        let folded = try unit.folded(parameters)
        copy(folded.weights[...], to: place.weights, of: &storage)
        copy(folded.bias[...], to: place.bias, of: &storage)
    }

    private static func copy(_ values: ArraySlice<Float>, to range: Range<Int>, of storage: inout TensorStorage) {
        var target = storage.mutableSpan
        for (place, value) in zip(range, values) { target[place] = value }
    }
}
