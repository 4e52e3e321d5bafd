// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// One step of a running mean: average ← average + rate·(value − average).
package struct AverageStep: Sendable, Hashable {
    /// 0…1.
    package var rate: Double

    package init(rate: Double) { self.rate = rate }

    /// Moves a run of means; both slices begin on a cache line and are as long, a multiple of 16.
    package func move(_ average: TensorSlice, toward values: TensorSlice, on engine: ComputeEngine) {
        let count = average.count
        precondition(values.count == count && count % MapLayout.blockLanes == 0, "one mean for each value")
        // SAFETY: the counts are checked above.
        var task = unsafe ck_running_mean(
            mean: average.pointer, values: UnsafePointer(values.pointer), count: count, rate: Float(rate))
        let run = Int(ck_run)
        unsafe ck_run_boxes(
            engine.team.handle, engine.trainingKernels.pointee.running_mean, &task, (count + run - 1) / run, 1)
    }
}
