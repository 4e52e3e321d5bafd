// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// The layers of a training step for one number of images, with all maps that the step keeps.
struct TrainingNetwork {
    private let image: BlockedMap
    private let stem: TrainingUnit
    private let pool: NormalizedPool
    private let pooled: BlockedMap
    private let blocks: [TrainingBlock]
    private let head: TrainingHead

    init(
        images: Int, input: MapSize, precision: Precision, parameters: TrainingParameters, memory: TrainingMemory
    ) {
        let layout = parameters.layout
        image = memory.map(
            .planar(
                images: images, channels: 3, height: input.height, width: input.width,
                border: layout.stem.window.padding))
        stem = TrainingUnit(
            layout.stem, input: image.layout, precision: precision, parameters: parameters, memory: memory)
        let size = MapSize(stem.convolution.output).output(of: ResNet50Layout.stemPool)
        pooled = memory.map(
            .blocked(
                images: images, channels: layout.stem.outputChannels, height: size.height, width: size.width,
                precision: precision))
        pool = NormalizedPool(
            normalization: stem.normalization, window: ResNet50Layout.stemPool, output: pooled.layout)
        var (map, signs): (BlockedMap, SignMap?) = (pooled, nil)
        blocks = layout.blocks.map { block in
            let placed = TrainingBlock(block, input: map, signs: signs, parameters: parameters, memory: memory)
            (map, signs) = (placed.output, placed.signs)
            return placed
        }
        head = TrainingHead(map: map, signs: signs, parameters: parameters, memory: memory)
    }

    /// What a workspace must hold for this network.
    func needs(on team: ComputeTeam) -> TrainingNeeds {
        var needs = TrainingNeeds()
        needs.add(stem, team: team)
        needs.current = pooled.layout.count
        needs.expanded = stem.convolution.output.count
        for block in blocks { needs.add(block, team: team) }
        return needs
    }

    /// Zeros in every map that has a border, after another layout of the same memory wrote there.
    func clearBorders() {
        image.clear()
        for block in blocks where block.reduced.layout.border > 0 { block.reduced.clear() }
    }

    /// Input [images, 3, height, width] → logits [images, outputs].
    func forward(_ input: Span<Float>, _ workspace: TrainingWorkspace) -> [Float] {
        image.fill(input)
        stem.convolve(image, workspace)
        pool.forward(stem.convolved, on: workspace.engine, into: pooled)
        for block in blocks { block.forward(workspace) }
        return head.forward(workspace)
    }

    /// From the gradient of the logits to those of the parameters, down to the lowest layer that is trained.
    func backward(_ gradient: [Float], _ trained: TrainedLayers, _ workspace: TrainingWorkspace) {
        head.backward(gradient)
        guard trained != .head else { return }
        head.backwardToInput(gradient, into: workspace.current(head.map.layout), workspace)
        for index in blocks.indices.reversed() where index >= trained.firstBlock {
            blocks[index].backward(workspace)
            if index > trained.firstBlock || trained == .all { blocks[index].backwardToInput(workspace) }
        }
        if trained == .all { backwardThroughStem(workspace) }
    }

    private func backwardThroughStem(_ workspace: TrainingWorkspace) {
        let engine = workspace.engine
        let convolved = workspace.expanded(stem.convolution.output)
        pool.backwardToParameters(
            workspace.current(pooled.layout), input: stem.convolved, sums: workspace.sums, on: engine, into: convolved)
        stem.backward(masked: convolved, input: image, into: convolved, workspace)
    }
}
