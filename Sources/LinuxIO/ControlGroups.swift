// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SystemPackage

/// The control groups that this process is in, as far as they limit its processor time; see `man 7 cgroups`.
///
/// What can't be read or understood limits nothing: a machine without control groups is as good as any.
struct ControlGroups {
    /// Processor time that all processes of a group may use together, in microseconds of each period.
    struct ProcessorQuota: Equatable {
        let file: FilePath
        let quota: Int
        let period: Int

        /// Processors that it takes to use the time up, rounded up.
        var processors: Int { (quota - 1) / period + 1 }
    }

    /// Where `/proc` is found and mount points begin.
    let root: FilePath

    /// The quotas of this process's groups and of all groups above them.
    func processorQuotas() -> [ProcessorQuota] {
        hierarchies().flatMap { hierarchy in
            hierarchy.groups(belowOrAt: groupPath(in: hierarchy)).compactMap { quota(of: $0, hierarchy.version) }
        }
    }

    enum Version { case one, two }

    /// A mounted hierarchy that controls processor time.
    struct Hierarchy: Equatable {
        let version: Version
        /// The group that is mounted, seen from the hierarchy's own root.
        let top: FilePath
        let mountPoint: FilePath

        /// Folders from a group up to the mounted one. In a container whose group is named as the host sees it, that is all
        /// there is to see.
        func groups(belowOrAt path: FilePath?) -> [FilePath] {
            guard var relative = path, relative.removePrefix(top) else { return [mountPoint] }
            var folders = [mountPoint.appending(relative.components)]
            while !relative.isEmpty {
                relative.removeLastComponent()
                folders.append(mountPoint.appending(relative.components))
            }
            return folders
        }
    }

    /// From `/proc/self/mountinfo`: id, parent, device, root, mount point, options, … "-", type, source, superblock's options.
    private func hierarchies() -> [Hierarchy] {
        lines(of: "proc/self/mountinfo").compactMap { line in
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, dash + 3 < fields.count else { return nil }
            let controllers = fields[dash + 3].split(separator: ",")
            let version: Version? =
                switch fields[dash + 1] {
                case "cgroup2": .two
                case "cgroup" where controllers.contains("cpu"): .one
                default: nil
                }
            return version.map {
                Hierarchy(
                    version: $0, top: FilePath(String(fields[3])), mountPoint: FilePath(String(fields[4])))
            }
        }
    }

    /// From `/proc/self/cgroup`: number, controllers, path, with colons between; number 0 is version 2.
    private func groupPath(in hierarchy: Hierarchy) -> FilePath? {
        for line in lines(of: "proc/self/cgroup") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isMeant =
                switch hierarchy.version {
                case .two: fields[0] == "0" && fields[1].isEmpty
                case .one: fields[1].split(separator: ",").contains("cpu")
                }
            if isMeant { return FilePath(String(fields[2])) }
        }
        return nil
    }

    private func quota(of group: FilePath, _ version: Version) -> ProcessorQuota? {
        switch version {
        case .two:
            let file = group.appending("cpu.max")
            // "max 100000" where there is none.
            let values = numbers(in: file)
            return values.count == 2 ? ProcessorQuota(file, quota: values[0], period: values[1]) : nil
        case .one:
            let file = group.appending("cpu.cfs_quota_us")
            guard let quota = numbers(in: file).first,
                let period = numbers(in: group.appending("cpu.cfs_period_us")).first
            else { return nil }
            return ProcessorQuota(file, quota: quota, period: period)
        }
    }

    private func numbers(in file: FilePath) -> [Int] {
        lines(of: file).first?.split(separator: " ").compactMap { Int($0) } ?? []
    }

    /// Far more than any of these files has.
    private static let largestFile = 1 << 20

    private func lines(of path: FilePath) -> [Substring] {
        guard let file = try? Descriptor.open(root.pushing(path.relative), O_RDONLY) else { return [] }
        var bytes: [UInt8] = []
        while bytes.count < Self.largestFile, let more = try? file.read(upTo: 1 << 16), !more.isEmpty { bytes += more }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
}

extension ControlGroups.ProcessorQuota {
    /// Nil where the two limit nothing: version 1 says −1.
    fileprivate init?(_ file: FilePath, quota: Int, period: Int) {
        guard quota > 0, period > 0 else { return nil }
        self.init(file: file, quota: quota, period: period)
    }
}

extension FilePath {
    /// The path without its root.
    fileprivate var relative: FilePath { FilePath(root: nil, components) }
}
