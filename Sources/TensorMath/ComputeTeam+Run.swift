// SPDX-License-Identifier: Apache-2.0
internal import CKernels

extension ComputeTeam {
    /// Calls `work` once for every item below `count`, on any of the team's threads at the same time, and returns when all
    /// have returned.
    ///
    /// - Parameter work: given the item and the number of the thread, below `threadCount`.
    func run(_ count: Int, _ work: (_ item: Int, _ thread: Int) -> Void) {
        withoutActuallyEscaping(work) { work in
            var task = Task(work: work)
            // SAFETY: the task lives until all items are done, and nobody writes to it.
            unsafe withUnsafeMutablePointer(to: &task) { task in
                unsafe ck_team_run(
                    handle, count,
                    { task, item, thread in
                        unsafe task?.assumingMemoryBound(to: Task.self).pointee.work(item, thread)
                    }, task)
            }
        }
    }

    private struct Task {
        let work: (_ item: Int, _ thread: Int) -> Void
    }
}
