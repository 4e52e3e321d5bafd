// SPDX-License-Identifier: Apache-2.0
/// Which values of a blocked map are above zero, a bit for each: where ReLU let them through, and lets a gradient through.
///
/// A word of 16 bits for each pixel of a block, in the places of the map's own.
package struct SignMap {
    /// Of the map.
    package let layout: MapLayout
    private let memory: TensorSlice

    /// - Parameter memory: `SignMap.count` floats.
    package init(_ layout: MapLayout, in memory: TensorSlice) {
        precondition(layout.border == 0, "a map with a border is written by no convolution's gradient")
        precondition(memory.count >= Self.count(layout), "signs shorter than their map")
        self.layout = layout
        self.memory = memory
    }

    /// Floats that the bits take.
    package static func count(_ layout: MapLayout) -> Int {
        let bits = layout.planes * layout.planePitch
        return (bits + 31) / 32
    }

    // SAFETY: kernels alone write there, and as many words as `count` has room for.
    var words: UnsafeMutablePointer<UInt16> {
        unsafe UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: UInt16.self)
    }
}
