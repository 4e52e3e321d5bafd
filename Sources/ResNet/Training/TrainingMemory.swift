// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// Hands out the memory of a network's maps, in the order of its layers.
///
/// The last batch of an epoch may be smaller. Its network is laid out in the same memory: it asks for the same maps in the
/// same order. What is larger than the first time, as scratch can be for a smaller batch, gets memory of its own.
final class TrainingMemory {
    private var tensors: [Tensor] = []
    private var next = 0

    /// Begins again with the first map.
    func restart() { next = 0 }

    func take(_ count: Int) -> TensorSlice {
        if next == tensors.count {
            tensors.append(Tensor(count: count))
        } else if tensors[next].count < count {
            tensors[next] = Tensor(count: count)
        }
        next += 1
        return tensors[next - 1].all.slice(0..<count)
    }

    func map(_ layout: MapLayout) -> BlockedMap { BlockedMap(layout, in: take(layout.count)) }

    func signs(_ layout: MapLayout) -> SignMap { SignMap(layout, in: take(SignMap.count(layout))) }
}
