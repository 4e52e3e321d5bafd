// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

extension Folder {
    /// Every entry below this folder with its path and status, in no order; never follows a link, leaves hidden names out.
    package func tree() throws(SystemFailure) -> [(path: FilePath, status: FileStatus)] {
        var found: [(path: FilePath, status: FileStatus)] = []
        var waiting: [FilePath] = [""]
        while let folder = waiting.popLast() {
            for (name, status) in try subfolder(folder).entries() where !name.string.hasPrefix(".") {
                found.append((folder.appending(name), status))
                if status.kind == .folder { waiting.append(folder.appending(name)) }
            }
        }
        return found
    }
}
