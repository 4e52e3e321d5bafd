// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Users by their numbers. See `man 3 getpwuid`.
package enum UserName {
    /// In a user namespace the kernel shows every user that is not mapped under this one: it tells nothing.
    private static let overflow: UInt32 = 65534

    /// Nil where the system knows none, and for the kernel's stand-in.
    package static func of(_ number: UInt32) -> String? {
        if number == overflow { return nil }
        var record = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>? = nil
        let text = unsafe [CChar](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
            // SAFETY: the call writes into `record` and the buffer alone, within its length.
            let result = unsafe getpwuid_r(number, &record, buffer.baseAddress!, buffer.count, &found)
            guard result == 0, unsafe found != nil, let name = unsafe record.pw_name else {
                count = 0
                return
            }
            let length = unsafe strlen(name)
            // The name lies in the same buffer: to its front.
            unsafe memmove(buffer.baseAddress!, name, length)
            count = length
        }
        return text.isEmpty ? nil : String(decoding: text.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
