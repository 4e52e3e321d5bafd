// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import SystemPackage

/// A chain of folders, each in the one before, so long that the kernel takes no path to its end.
package enum DeepFolder {
    package static let name = String(repeating: "x", count: 60)
    package static let depth = 100

    /// Makes the chain and puts a file at its end.
    package static func make(below path: FilePath, holding file: FilePath) {
        var folder = unsafe open(path.string, O_RDONLY | O_DIRECTORY)
        for _ in 0..<depth {
            _ = unsafe mkdirat(folder, name, 0o700)
            let inner = unsafe openat(folder, name, O_RDONLY | O_DIRECTORY)
            close(folder)
            folder = inner
        }
        let result = unsafe renameat(AT_FDCWD, file.string, folder, "deep.jpg")
        precondition(result == 0, "the chain of folders can't be made below \(path)")
        close(folder)
    }
}
