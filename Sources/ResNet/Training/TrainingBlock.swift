// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// A residual block with the maps that a training step keeps of it.
struct TrainingBlock {
    let input: BlockedMap
    /// Of the input, where it is another block's output.
    let inputSigns: SignMap?
    let units: Bottleneck<TrainingUnit>
    /// After the first 1×1 and after the 3×3, normalized and rectified.
    let reduced: BlockedMap
    let spatial: BlockedMap
    let output: BlockedMap
    let signs: SignMap

    init(
        _ block: Bottleneck<ConvolutionUnit>, input: BlockedMap, signs: SignMap?, parameters: TrainingParameters,
        memory: TrainingMemory
    ) {
        func placed(_ unit: ConvolutionUnit, _ map: BlockedMap) -> TrainingUnit {
            TrainingUnit(
                unit, input: map.layout, precision: input.layout.precision, parameters: parameters, memory: memory)
        }
        let reduce = placed(block.reduce, input)
        let reduced = memory.map(reduce.convolution.output.withBorder(block.spatial.window.padding))
        let spatial = placed(block.spatial, reduced)
        let spatialMap = memory.map(spatial.convolution.output)
        let expand = placed(block.expand, spatialMap)
        let projection = block.projection.map { placed($0, input) }
        self.input = input
        inputSigns = signs
        self.reduced = reduced
        self.spatial = spatialMap
        output = memory.map(expand.convolution.output)
        self.signs = memory.signs(output.layout)
        units = Bottleneck(
            reduce: reduce, spatial: spatial, expand: expand,
            shortcut: projection.map(Bottleneck.Shortcut.projection) ?? .identity)
    }

    func forward(_ workspace: TrainingWorkspace) {
        let engine = workspace.engine
        units.reduce.convolve(input, workspace)
        units.reduce.normalization.forward(units.reduce.convolved, on: engine, into: reduced)
        units.spatial.convolve(reduced, workspace)
        units.spatial.normalization.forward(units.spatial.convolved, on: engine, into: spatial)
        units.expand.convolve(spatial, workspace)
        let expand = units.expand
        switch units.shortcut {
        case .identity:
            expand.normalization.forward(expand.convolved, adding: input, on: engine, into: output, signs: signs)
        case .projection(let projection):
            projection.convolve(input, workspace)
            expand.normalization.forward(
                expand.convolved, adding: projection.convolved, normalizedBy: projection.normalization, on: engine,
                into: output, signs: signs)
        }
    }

    /// From the gradient of the sum before the block's ReLU, in `workspace.current`, to those of its parameters.
    func backward(_ workspace: TrainingWorkspace) {
        let gradient = workspace.current(output.layout)
        backwardToNormalizations(gradient, workspace)
        let expanded = workspace.expanded(output.layout)
        units.expand.backward(masked: gradient, input: spatial, into: expanded, workspace)
        let behindSpatial = workspace.spatial(spatial.layout)
        units.expand.backwardToInput(expanded, into: behindSpatial, workspace)
        let convolved = workspace.bordered(units.spatial.convolution.outputGradient)
        units.spatial.backward(behindSpatial, input: reduced, into: convolved, workspace)
        let behindReduced = workspace.reduced(units.reduce.convolution.output)
        units.spatial.backwardToInput(convolved, into: behindReduced, workspace)
        // The reduction's gradient takes the place of the one behind it.
        units.reduce.backward(behindReduced, input: input, into: behindReduced, workspace)
        if case .projection(let projection) = units.shortcut {
            projection.backward(masked: gradient, input: input, into: expanded, workspace)
        }
    }

    /// Leaves the gradient of the block's input in `workspace.current`, or of the sum before that one's ReLU; after `backward`.
    func backwardToInput(_ workspace: TrainingWorkspace) {
        let reduced = workspace.reduced(units.reduce.convolution.output)
        switch units.shortcut {
        case .identity:
            units.reduce.backwardToInput(
                reduced, addingTo: workspace.current(input.layout), where: inputSigns, workspace)
        case .projection(let projection):
            let result = workspace.next(input.layout)
            units.reduce.backwardToInput(reduced, into: result, where: inputSigns, workspace)
            projection.backwardToInput(
                workspace.expanded(output.layout), addingTo: result, where: inputSigns, workspace)
            workspace.turnOver()
        }
    }

    /// The normalizations whose sum the block's ReLU takes learn their parameters' gradients.
    private func backwardToNormalizations(_ gradient: BlockedMap, _ workspace: TrainingWorkspace) {
        let (expand, sums, engine) = (units.expand, workspace.sums, workspace.engine)
        switch units.shortcut {
        case .identity:
            expand.normalization.backwardToParameters(
                masked: gradient, input: expand.convolved, sums: sums, on: engine)
        case .projection(let projection):
            expand.normalization.backwardToParameters(
                masked: gradient, input: expand.convolved, other: projection.convolved,
                normalizedBy: projection.normalization, sums: sums, on: engine)
        }
    }
}
