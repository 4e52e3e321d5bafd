// SPDX-License-Identifier: Apache-2.0
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
    package let engineKind: EngineKind
    /// Of int8.
    package let ranges: ActivationRanges?
    package let inputHeight: Int
    package let inputWidth: Int
    private let weights: PackedWeights
    let plan: any NetworkPlan
    let workspace: any NetworkWorkspace

    /// The smallest side that still leaves a pixel after five halvings.
    package static let smallestSide = 32

    /// What a network is made for.
    package struct Form: Sendable {
        package let layout: ResNet50Layout
        package let batchSize: Int
        package let precision: Precision
        package let engineKind: EngineKind
        package let ranges: ActivationRanges?
        package let inputHeight: Int
        package let inputWidth: Int
        let plan: any NetworkPlan

        /// - Parameters:
        ///   - ranges: of int8, and of int8 alone.
        ///   - engineKind: who computes; if nothing is said, the one that is chosen for this process.
        package init(
            layout: ResNet50Layout, batchSize: Int = 1, inputHeight: Int, inputWidth: Int,
            precision: Precision = .float32, ranges: ActivationRanges? = nil, engineKind: EngineKind? = nil
        ) {
            precondition((precision == .int8) == (ranges != nil), "int8 goes by measured ranges")
            let engineKind = engineKind ?? .suited(to: precision)
            precondition(engineKind.computes(in: precision), "\(engineKind) knows no \(precision)")
            precondition(
                inputHeight >= ResNet50Inference.smallestSide && inputWidth >= ResNet50Inference.smallestSide,
                "input smaller than 32×32")
            precondition(batchSize > 0, "a batch without images")
            self.layout = layout
            self.batchSize = batchSize
            self.precision = precision
            self.ranges = ranges
            self.engineKind = engineKind
            self.inputHeight = inputHeight
            self.inputWidth = inputWidth
            let input = MapSize(height: inputHeight, width: inputWidth)
            switch engineKind {
            case .kernels:
                plan = InferencePlan(
                    layout: layout, images: batchSize, input: input, precision: precision, ranges: ranges)
            case .openBLAS: plan = MatrixPlan(layout: layout, images: batchSize, input: input)
            }
        }

        /// Names how weights are packed: equal for all forms that the same packed weights fit.
        package var packing: String { plan.packing }

        /// Words of the packed weights.
        package var weightCount: Int { plan.weightCount }
    }

    /// Folds and packs the parameters and plans for batches of one size.
    package convenience init(
        parameters: ResNet50Parameters, batchSize: Int = 1, inputHeight: Int, inputWidth: Int,
        precision: Precision = .float32, ranges: ActivationRanges? = nil, engineKind: EngineKind? = nil,
        engine: ComputeEngine = .shared
    ) throws(FoldingFailure) {
        let form = Form(
            layout: parameters.layout, batchSize: batchSize, inputHeight: inputHeight, inputWidth: inputWidth,
            precision: precision, ranges: ranges, engineKind: engineKind)
        try self.init(form, parameters: parameters, engine: engine)
    }

    /// Folds and packs the parameters, which must be the form's.
    package convenience init(
        _ form: Form, parameters: ResNet50Parameters, engine: ComputeEngine = .shared
    ) throws(FoldingFailure) {
        precondition(parameters.layout == form.layout, "parameters of another network")
        self.init(form, weights: try form.packed(parameters), engine: engine)
    }

    /// Takes weights that were packed before for a form of the same packing.
    package init(_ form: Form, weights: consuming PackedWeights, engine: ComputeEngine = .shared) {
        precondition(weights.count == form.weightCount, "weights of another packing")
        layout = form.layout
        batchSize = form.batchSize
        precision = form.precision
        ranges = form.ranges
        engineKind = form.engineKind
        inputHeight = form.inputHeight
        inputWidth = form.inputWidth
        self.weights = weights
        plan = form.plan
        workspace = form.plan.workspace(on: engine)
    }

    /// Lets the packed weights be read, to keep them for the next start.
    package func withPackedWeights<Result, Failure: Error>(
        _ body: (borrowing PackedWeights) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(weights)
    }

    /// Floats that `logits(of:)` takes.
    package var inputCount: Int { batchSize * 3 * inputHeight * inputWidth }

    /// One forward pass.
    ///
    /// - Parameter input: NCHW, batch×3×height×width, already normalized.
    /// - Returns: batch×outputs values, or none for a network without a head.
    package func logits(of input: [Float]) -> [Float] {
        run(input)
        return checked(workspace.logits(weights: weights))
    }

    /// What the head sees, batch×channels: the mean of each channel of the last map.
    package func features(of input: [Float]) -> [Float] {
        run(input)
        return checked(workspace.features)
    }

    /// One forward pass, and what each place of the last map says for one output of the head.
    package func activation(of input: [Float], output: Int) -> (logits: [Float], map: ClassActivationMap) {
        precondition((0..<(layout.outputs ?? 0)).contains(output), "the head has no such output")
        return activation(of: input) { logits in (logits.indices.map { $0 == output ? 1 : 0 }, 0) }
    }

    /// The same for a sum of the outputs.
    ///
    /// - Parameter weighing: given the outputs, says the slope of each in the sum, and what is added to it.
    package func activation(
        of input: [Float], weighing: ([Float]) -> (slopes: [Float], constant: Float)
    ) -> (logits: [Float], map: ClassActivationMap) {
        precondition(batchSize == 1, "a map of one image")
        precondition(layout.outputs != nil, "a network without a head says nothing")
        let logits = logits(of: input)
        var (slopes, bias) = weighing(logits)
        precondition(slopes.count == logits.count, "a slope for each output")
        var weights = [Float](repeating: 0, count: layout.featureCount)
        for (output, slope) in slopes.enumerated() where slope != 0 {
            let row = workspace.headRow(of: output, weights: self.weights)
            for channel in weights.indices { weights[channel] += slope * row.weights[channel] }
            bias += slope * row.bias
        }
        let last = workspace.lastMap
        return (logits, ClassActivationMap(of: last.values, last.size, weights: weights, bias: bias))
    }

    /// Lets `observe` see every map that int8 has a range for, in the order of `ActivationRanges.names`.
    ///
    /// - Parameter observe: given a map's place in that order and its values, [1, channels, height, width].
    package func observe(_ input: [Float], _ observe: (Int, [Float]) -> Void) {
        precondition(input.count == inputCount && precision == .float32, "ranges are those of floats")
        precondition(batchSize == 1, "the maps of one image")
        var place = 0
        workspace.run(input.span, weights: weights) { values in
            observe(place, values)
            place += 1
        }
    }

    /// A NaN in an image reaches what is said of it.
    private func checked(_ values: [Float]) -> [Float] {
        guard (0..<batchSize).contains(where: { !workspace.isSound(image: $0) }) else { return values }
        let count = values.count / batchSize
        return values.indices.map { workspace.isSound(image: $0 / count) ? values[$0] : .nan }
    }

    private func run(_ input: [Float]) {
        precondition(input.count == inputCount, "the network takes \(batchSize)×3×\(inputHeight)×\(inputWidth) values")
        workspace.run(input.span, weights: weights)
    }
}
