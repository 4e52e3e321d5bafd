// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

extension AtomicFile {
    /// Writes a file under a name that nothing has, whole or not at all; false, and nothing is changed, where one has it.
    package static func writeNew(_ bytes: [UInt8], to path: FilePath) throws(SystemFailure) -> Bool {
        guard let name = path.lastComponent else { throw SystemFailure("open", path.string, .isDirectory) }
        let parent = path.removingLastComponent()
        return try Folder(parent.isEmpty ? "." : parent).writeNew(bytes, to: FilePath(root: nil, components: name))
    }
}
