// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

extension Folder {
    /// Every entry below this folder with its path and status, in no order; never follows a link; hidden names, and what
    /// vanishes meanwhile, are left out.
    ///
    /// Each folder is opened from the one above it: a path may be longer than the kernel takes one.
    package func tree() throws(SystemFailure) -> [(path: FilePath, status: FileStatus)] {
        var found: [(path: FilePath, status: FileStatus)] = []
        try gather(below: FilePath(), into: &found)
        return found
    }

    private func gather(
        below place: FilePath, into found: inout [(path: FilePath, status: FileStatus)]
    ) throws(SystemFailure) {
        for (name, status) in try entries() where !name.string.hasPrefix(".") {
            let path = place.appending(name)
            found.append((path, status))
            guard status.kind == .folder else { continue }
            do throws(SystemFailure) {
                try subfolder(FilePath(root: nil, components: name)).gather(below: path, into: &found)
            } catch let error where error.isGone {
                continue
            }
        }
    }
}
