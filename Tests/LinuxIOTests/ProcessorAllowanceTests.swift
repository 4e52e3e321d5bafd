// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import LinuxIO
import SystemPackage
import Testing

@Suite struct ProcessorAllowanceTests {
    /// A made-up machine: files below a root, by their paths.
    struct Machine: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var usable = 8
        let files: [String: String]
        let count: Int
        /// What `origin` begins with.
        let origin: String
    }

    private static let second = "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
    private static let first = """
        31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        34 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw

        """
    private static let service = "sys/fs/cgroup/system.slice/fundusd.service/cpu.max"

    private static func secondVersion(
        _ name: String, usable: Int = 8, group: String = "0::/system.slice/fundusd.service\n",
        _ quotas: [String: String], count: Int, _ origin: String
    ) -> Machine {
        let files = ["proc/self/mountinfo": second, "proc/self/cgroup": group]
        return Machine(
            testDescription: name, usable: usable, files: files.merging(quotas) { $1 }, count: count, origin: origin)
    }

    static let machines = [
        Machine(testDescription: "nothing known", files: [:], count: 8, origin: "8 processors can be used"),
        Machine(testDescription: "one processor", usable: 1, files: [:], count: 1, origin: "1 processor can be used"),
        Machine(testDescription: "a kernel that told nothing", usable: -1, files: [:], count: 1, origin: "1 processor"),
        secondVersion("no quota", [service: "max 100000\n"], count: 8, "8 processors"),
        secondVersion(
            "one processor's time", [service: "100000 100000\n"], count: 1, "\(Self.service) allows 100000 µs"),
        secondVersion("a little more than two", [service: "200001 100000\n"], count: 3, service),
        secondVersion("a thousandth", [service: "1000 1000000\n"], count: 1, service),
        secondVersion("more than there are", usable: 2, [service: "400000 100000\n"], count: 2, "2 processors"),
        secondVersion("as many as there are", usable: 2, [service: "200000 100000\n"], count: 2, "2 processors"),
        secondVersion(
            "a slice with less", [service: "300000 100000\n", "sys/fs/cgroup/system.slice/cpu.max": "200000 100000\n"],
            count: 2, "sys/fs/cgroup/system.slice/cpu.max allows"),
        secondVersion(
            "the mounted group itself", group: "0::/\n", ["sys/fs/cgroup/cpu.max": "150000 100000\n"], count: 2,
            "sys/fs/cgroup/cpu.max"),
        secondVersion("a number too large", [service: "99999999999999999999 100000\n"], count: 8, "8 processors"),
        secondVersion("the largest number", [service: "\(Int.max) 1\n"], count: 8, "8 processors"),
        secondVersion("no period", [service: "100000 0\n"], count: 8, "8 processors"),
        secondVersion("less than nothing", [service: "-5 100000\n"], count: 8, "8 processors"),
        secondVersion("an empty file", [service: ""], count: 8, "8 processors"),
        secondVersion("other words", [service: "lots of it\n"], count: 8, "8 processors"),
        secondVersion("a group outside the mounted one", group: "0::/../other\n", [:], count: 8, "8 processors"),
        secondVersion("lines that mean nothing", group: "\n::\n0\n0::\n", [:], count: 8, "8 processors"),
        Machine(
            testDescription: "version 1",
            files: [
                "proc/self/mountinfo": first, "proc/self/cgroup": "4:memory:/a\n3:cpu,cpuacct:/a/b\n0::/x\n",
                "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us": "100000\n",
                "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "250000\n",
                "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
            ], count: 3, origin: "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us"),
        // A container without a view of its own of the groups: the file tells the host's path, the mount is this group.
        Machine(
            testDescription: "version 1 in a container",
            files: [
                "proc/self/mountinfo": "32 31 0:29 /docker/1a2b /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n",
                "proc/self/cgroup": "3:cpu:/docker/1a2b\n",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            ], count: 1, origin: "sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
        Machine(
            testDescription: "a group seen from elsewhere",
            files: [
                "proc/self/mountinfo": "32 31 0:29 /docker/1a2b /sys/fs/cgroup rw - cgroup2 cgroup rw\n",
                "proc/self/cgroup": "0::/kubepods/3c4d\n", "sys/fs/cgroup/cpu.max": "200000 100000\n",
            ], count: 2, origin: "sys/fs/cgroup/cpu.max"),
        Machine(
            testDescription: "mounts that mean nothing",
            files: [
                "proc/self/mountinfo": "\n-\n1 2 3 - cgroup2 x rw\n1 2 3 / /sys/fs/cgroup rw - cgroup2\n",
                "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "100000 100000\n",
            ], count: 8, origin: "8 processors"),
    ]

    @Test(arguments: machines) func `the tightest limit decides`(machine: Machine) throws {
        let folder = TemporaryFolder()
        for (path, text) in machine.files {
            let file = folder.path.pushing(FilePath(path))
            try AtomicFile.makeFolder(file.removingLastComponent())
            try AtomicFile.write(Array(text.utf8), to: file)
        }
        let allowance = ProcessorAllowance(usableProcessors: machine.usable, root: folder.path)
        #expect(allowance.count == machine.count)
        let expected = machine.origin.hasPrefix("sys/") ? "/" + machine.origin : machine.origin
        #expect(allowance.origin.hasPrefix(expected), "\(allowance.origin)")
    }

    @Test func `this machine gives at least one, and no more than it has`() {
        let allowance = ProcessorAllowance.current()
        #expect((1...sysconf(Int32(_SC_NPROCESSORS_CONF))).contains(allowance.count))
    }
}
