// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import LinuxIO
internal import SystemPackage

/// How what lies below a folder of labelled images is reached.
package struct LabelledFolderAccess: ~Copyable, Sendable {
    /// What becomes of symbolic links.
    package enum Links: Sendable {
        /// A person named the folder.
        case followed
        /// Others may write to the folder, and a link there might lead anywhere.
        case refused
    }

    private let folder: Folder
    private let links: Links

    init(_ root: FilePath, _ links: Links) throws(SystemFailure) {
        folder = try Folder(root)
        self.links = links
    }

    /// Nil where there is no such entry.
    func status(of relative: FilePath) throws(SystemFailure) -> FileStatus? {
        switch links {
        case .followed: return try FileStatus.at(folder.path.pushing(relative))
        case .refused:
            do throws(SystemFailure) {
                return try folder.status(of: relative)
            } catch let error where error.code == .noSuchFileOrDirectory {
                return nil
            }
        }
    }

    /// The root's entries.
    func entries() throws(SystemFailure) -> [(name: FilePath.Component, status: FileStatus)] { try folder.entries() }

    func subfolder(_ relative: FilePath) throws(SystemFailure) -> Folder {
        switch links {
        case .followed: try Folder(folder.path.pushing(relative))
        case .refused: try folder.subfolder(relative)
        }
    }

    /// Opens a file for reading, never blocking on a FIFO.
    func openFile(_ relative: FilePath) throws(SystemFailure) -> Descriptor {
        switch links {
        case .followed:
            try Descriptor.open(folder.path.pushing(relative), O_RDONLY | O_NONBLOCK | O_NOCTTY)
        case .refused: try folder.openFile(relative)
        }
    }
}
