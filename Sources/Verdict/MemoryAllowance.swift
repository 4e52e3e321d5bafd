// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO

/// Memory that images may hold, all workers together: who needs more than is left waits.
///
/// There are two. Files: four of the largest that are read at all. Coefficients: a picture with one scan needs a few rows,
/// but one with many (progressive) has all of it in memory, two bytes a sample; at `max-pixels` that is all there is to give,
/// so such pictures are decoded one after another. Files are taken first, so nobody waits for who waits for him.
package final class MemoryAllowance: @unchecked Sendable {
    private let capacity: Int
    // Touched only with `condition` locked.
    private let condition = Condition()
    private var borrowed = 0

    /// - Parameter bytes: what there is; enough for the largest image.
    package init(bytes: Int) { capacity = bytes }

    /// Runs `body` once so many bytes are free.
    ///
    /// - Parameters:
    ///   - bytes: more than there are counts as all.
    ///   - progress: called now and then while waiting: to wait is not to be stuck.
    package func borrow<Result, Failure>(
        _ bytes: Int, progress: () -> Void, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let share = min(bytes, capacity)
        take(share, progress)
        defer { giveBack(share) }
        return try body()
    }

    private func take(_ share: Int, _ progress: () -> Void) {
        condition.withLock {
            while borrowed + share > capacity, borrowed > 0 {
                _ = condition.wait(until: Condition.Deadline(in: 1))
                progress()
            }
            borrowed += share
        }
    }

    private func giveBack(_ share: Int) {
        condition.withLock {
            borrowed -= share
            condition.broadcast()
        }
    }
}
