// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A lock at which threads wait for something that it guards to change: POSIX' mutex and condition variable.
///
/// A wait may end without cause, so its reason is looked at again. See `man 3 pthread_cond_wait`.
@safe package final class Condition: @unchecked Sendable {
    // Both may not be moved, so they lie in memory of their own.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// A moment until which is waited, by the monotonic clock: nobody sets that.
    package struct Deadline: Sendable {
        fileprivate var time = timespec()

        /// - Parameter seconds: from now on; at least zero.
        package init(in seconds: Double) {
            unsafe clock_gettime(CLOCK_MONOTONIC, &time)
            let nanoseconds = time.tv_nsec + Int(seconds.truncatingRemainder(dividingBy: 1) * 1e9)
            time.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
            time.tv_nsec = nanoseconds % 1_000_000_000
        }
    }

    package init() {
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    package func withLock<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// With the lock, which others may have meanwhile: sleeps until somebody tells of a change.
    package func wait() { unsafe pthread_cond_wait(changed, mutex) }

    /// The same, for no longer than until a moment.
    ///
    /// - Returns: false where that has come.
    package func wait(until deadline: Deadline) -> Bool {
        unsafe withUnsafePointer(to: deadline.time) { unsafe pthread_cond_timedwait(changed, mutex, $0) } == 0
    }

    /// Wakes one of those that wait.
    package func signal() { unsafe pthread_cond_signal(changed) }

    /// Wakes all of them.
    package func broadcast() { unsafe pthread_cond_broadcast(changed) }
}
