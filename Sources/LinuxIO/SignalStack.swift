// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A stack of its own for a thread's signal handlers (sigaltstack(2)): a thread that has used up its stack still leaves
/// its `CrashNote`.
package enum SignalStack {
    /// Far more than the largest processor state that the kernel puts there (`_SC_MINSIGSTKSZ`: some 11 KB with AMX).
    private static let byteCount = 1 << 16

    /// Runs something on the calling thread while its signals have such a stack.
    package static func with(_ body: () -> Void) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
        var own = unsafe stack_t(ss_sp: memory.baseAddress, ss_flags: 0, ss_size: byteCount)
        // Refused only for a wrong size or from a handler: neither is so here, and without it only the note would be lost.
        _ = unsafe sigaltstack(&own, nil)
        body()
        unsafe own.ss_flags = CInt(SS_DISABLE)
        _ = unsafe sigaltstack(&own, nil)
        unsafe memory.deallocate()
    }
}
