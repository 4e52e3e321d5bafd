// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// Memory that the layers of a training step take turns in: gradients of maps, scratch, sums.
final class TrainingWorkspace {
    let engine: ComputeEngine
    let scratch: ConvolutionScratch
    let sums: TensorSlice
    /// The gradient of the map that the backward pass stands at, and the place for the next one.
    private var ends: (current: TensorSlice, next: TensorSlice)
    private let expandedMemory: TensorSlice
    private let spatialMemory: TensorSlice
    private let reducedMemory: TensorSlice
    /// A place for each layout, because the zeros of a border must stay.
    private let borderedMaps: [MapLayout: BlockedMap]

    init(_ needs: TrainingNeeds, memory: TrainingMemory, engine: ComputeEngine) {
        self.engine = engine
        scratch = ConvolutionScratch(needs.scratch) { memory.take($0) }
        sums = memory.take(needs.sums)
        ends = (memory.take(needs.current), memory.take(needs.next))
        expandedMemory = memory.take(needs.expanded)
        spatialMemory = memory.take(needs.spatial)
        reducedMemory = memory.take(needs.reduced)
        borderedMaps = Dictionary(uniqueKeysWithValues: needs.bordered.map { ($0, memory.map($0)) })
    }

    /// Zeros in every map that has a border, after another layout of the same memory wrote there.
    func clearBorders() {
        for map in borderedMaps.values { map.clear() }
    }

    func current(_ layout: MapLayout) -> BlockedMap { BlockedMap(layout, in: ends.current) }
    func next(_ layout: MapLayout) -> BlockedMap { BlockedMap(layout, in: ends.next) }
    func expanded(_ layout: MapLayout) -> BlockedMap { BlockedMap(layout, in: expandedMemory) }
    func spatial(_ layout: MapLayout) -> BlockedMap { BlockedMap(layout, in: spatialMemory) }
    func reduced(_ layout: MapLayout) -> BlockedMap { BlockedMap(layout, in: reducedMemory) }

    func bordered(_ layout: MapLayout) -> BlockedMap {
        guard let map = borderedMaps[layout] else { preconditionFailure("a layout of another plan") }
        return map
    }

    /// The next gradient becomes the current one.
    func turnOver() { ends = (ends.next, ends.current) }
}

/// How much of each the layers need.
struct TrainingNeeds {
    var scratch = ConvolutionScratch.Counts()
    var sums = 0
    var current = 0
    var next = 0
    var expanded = 0
    var spatial = 0
    var reduced = 0
    /// In the order of the blocks, each once.
    var bordered: [MapLayout] = []

    mutating func add(_ unit: TrainingUnit, team: ComputeTeam) {
        scratch.widen(to: unit.convolution.scratchCounts(on: team))
        sums = max(sums, TrainingNormalization.sumCount(unit.convolution.output))
    }

    mutating func add(_ block: TrainingBlock, team: ComputeTeam) {
        for unit in block.units.units { add(unit, team: team) }
        let (input, output) = (block.input.layout.count, block.output.layout.count)
        // A projection's gradient goes from one end to the other, and next time back.
        current = max(current, input, output)
        if case .projection = block.units.shortcut { next = max(next, input, output) }
        expanded = max(expanded, output)
        spatial = max(spatial, block.spatial.layout.count)
        reduced = max(reduced, block.units.reduce.convolution.output.count)
        let gradient = block.units.spatial.convolution.outputGradient
        if !bordered.contains(gradient) { bordered.append(gradient) }
    }
}
