// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc
internal import LinuxIO
internal import SystemPackage

/// A control group of little memory: the kernel kills who wants more. See `man 7 cgroups`; takes root.
final class MemoryCage {
    private let path: FilePath

    /// Nil where there is no memory controller that this process may use, of version 1 or 2.
    init?(megabytes: Int) {
        let name = "fundusd-crash-runs-\(getpid())"
        for (root, limit) in [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")] {
            let path = FilePath(root).appending(name)
            unsafe rmdir(path.string)
            guard unsafe mkdir(path.string, 0o755) == 0 else { continue }
            if Self.write("\(megabytes << 20)", to: path.appending(limit)) {
                self.path = path
                return
            }
            unsafe rmdir(path.string)
        }
        return nil
    }

    /// Empty by then, or it stays.
    deinit { unsafe rmdir(path.string) }

    func take(_ process: pid_t) { _ = Self.write("\(process)", to: path.appending("cgroup.procs")) }

    private static func write(_ text: String, to path: FilePath) -> Bool {
        (try? Descriptor.open(path, O_WRONLY).write(Array(text.utf8))) != nil
    }
}
