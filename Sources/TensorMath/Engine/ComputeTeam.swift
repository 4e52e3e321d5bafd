// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// The threads that share each layer of a network; between two images they sleep.
@safe package final class ComputeTeam: @unchecked Sendable {
    package let threadCount: Int
    // SAFETY: the C side takes calls from any thread, one task at a time.
    let handle: OpaquePointer

    /// Starts `threadCount` − 1 threads; the caller of a layer is the last one.
    ///
    /// Where the system gives fewer threads the team is smaller: slower, with the same results.
    package init(threadCount: Int) {
        precondition((1...1024).contains(threadCount), "between 1 and 1024 threads")
        for count in stride(from: threadCount, through: 1, by: -1) {
            guard let handle = unsafe ck_team_create(count) else { continue }
            self.threadCount = count
            unsafe self.handle = handle
            return
        }
        fatalError("out of memory for a team of threads")
    }

    deinit { unsafe ck_team_destroy(handle) }
}

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
