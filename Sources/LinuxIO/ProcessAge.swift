// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SystemPackage

/// What the kernel knows of this process.
package enum ProcessAge {
    /// Milliseconds since the kernel started this process, in steps of its clock tick (10 ms).
    ///
    /// Field 22 of `/proc/self/stat`, in ticks since boot; the name in field 2 may hold spaces (`man 5 proc`).
    package static var milliseconds: Double {
        guard let file = try? Descriptor.open("/proc/self/stat", O_RDONLY), let bytes = try? file.read(upTo: 4096),
            let nameEnd = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return .nan }
        let fields = bytes[(nameEnd + 2)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let ticks = Double(String(decoding: fields[19], as: UTF8.self)) else { return .nan }
        var now = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &now)
        let sinceBoot = Double(now.tv_sec) * 1e3 + Double(now.tv_nsec) / 1e6
        return sinceBoot - ticks * 1e3 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The most memory that was ever resident. See `man 2 getrusage`: kilobytes.
    package static var peakResidentMegabytes: Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) * 1024 / 1e6
    }
}
