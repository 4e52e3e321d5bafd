// SPDX-License-Identifier: Apache-2.0
internal import CKernels
internal import Processor

/// A blocked map with its memory, as training's layers hand it to each other.
package struct BlockedMap {
    package let layout: MapLayout
    let memory: TensorSlice

    /// - Parameter memory: at least `layout.count` floats; the border's are zeros.
    package init(_ layout: MapLayout, in memory: TensorSlice) {
        precondition(memory.count >= layout.count, "map shorter than its shape")
        self.layout = layout
        self.memory = memory.slice(0..<layout.count)
    }

    package var span: Span<Float> {
        @_lifetime(borrow self)
        get { memory.span }
    }

    package var mutableSpan: MutableSpan<Float> {
        @_lifetime(borrow self)
        get { memory.mutableSpan }
    }

    /// [images, channels, height, width].
    package var values: [Float] { layout.values(of: span) }

    /// Packs [images, channels, height, width] floats into the map; its border is left alone.
    package func fill(_ values: Span<Float>) {
        var span = mutableSpan
        layout.fill(&span, from: values)
    }

    /// Zeros everywhere, the border included.
    package func clear() { memory.clear() }

    /// The first image's pixel (0, 0), or the one of the border that is `padding` left of and above it.
    func origin(padding: Int = 0) -> UnsafeMutableRawPointer {
        precondition(padding <= layout.border, "the border is part of the map's memory")
        return unsafe UnsafeMutableRawPointer(memory.pointer) + layout.origin(padding: padding) * layout.precision.bytes
    }

    var kernelMap: ck_map {
        unsafe ck_map(data: origin(), plane: layout.planePitch, image: layout.imagePitch, row: layout.rowPitch)
    }

    /// Where a task has no such map.
    static var absent: ck_map { unsafe ck_map(data: nil, plane: 0, image: 0, row: 0) }
}

extension MapLayout {
    var extent: ck_extent { ck_extent(blocks: planes, images: images, height: height, width: width) }

    /// Whether two maps have the same pixels of the same channels; their borders may differ.
    func isCongruent(to other: MapLayout) -> Bool {
        withBorder(0) == other.withBorder(0)
    }
}

extension ComputeEngine {
    var trainingKernels: UnsafePointer<ck_training_kernels> {
        // Checked in `init`: the level is there.
        guard let kernels = unsafe ck_training_kernels_at(instructionSet.level) else {
            preconditionFailure("no such kernels")
        }
        return unsafe kernels
    }

    /// Whether convolutions of such maps multiply pairs of bfloat16, and not floats that are made of them.
    func multipliesPairs(of map: MapLayout) -> Bool {
        unsafe map.precision == .bfloat16 && trainingKernels.pointee.multiplies_pairs
    }

    func mapKernels(_ precision: Precision) -> ck_map_kernels {
        let maps = unsafe trainingKernels.pointee.maps
        return precision == .float32 ? maps.0 : maps.1
    }

    /// Works on every block of every image.
    func run(
        _ work: (@convention(c) (UnsafeRawPointer?, Int, Int) -> Void)?, _ task: UnsafeRawPointer, _ extent: ck_extent
    ) {
        unsafe ck_run_boxes(team.handle, work, task, extent.blocks, extent.images)
    }

    /// The same from the last to the first, after a pass that read the same maps from the first: its last ones are in a cache.
    func runFromEnd(
        _ work: (@convention(c) (UnsafeRawPointer?, Int, Int) -> Void)?, _ task: UnsafeRawPointer, _ extent: ck_extent
    ) {
        unsafe ck_run_boxes_from_end(team.handle, work, task, extent.blocks, extent.images)
    }
}
