// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Hashing
package import LinuxIO
package import SystemPackage

/// Reads images that a person named on the command line: links and pipes are followed, since they were asked for.
package struct NamedImageReader: Sendable {
    /// A larger file is hashed, and not kept in memory.
    package let maximumBytes: Int

    package init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Reads a file.
    package func read(_ path: FilePath) throws(SystemFailure) -> ImageContent {
        let file = try Descriptor.open(path, O_RDONLY)
        guard try file.status().kind != .folder else { throw SystemFailure("read", path.string, .isDirectory) }
        return try ImageContent.read(file, maximumBytes: maximumBytes)
    }

    /// Reads a file that is open.
    package func read(_ file: borrowing Descriptor) throws(SystemFailure) -> ImageContent {
        try ImageContent.read(file, maximumBytes: maximumBytes)
    }

    /// Reads standard input to its end.
    package func readStandardInput() throws(SystemFailure) -> ImageContent {
        try ImageContent.read(Descriptor.standardInput(), maximumBytes: maximumBytes)
    }
}

extension ImageContent {
    /// Reads to the end and hashes on the way; bytes beyond the limit are hashed and not kept.
    ///
    /// - Parameter beforeEachPart: called once a mebibyte; what it throws ends the reading.
    package static func read(
        _ file: borrowing Descriptor, maximumBytes: Int, expecting expected: Int = 0,
        beforeEachPart: () throws(SystemFailure) -> Void = { () throws(SystemFailure) in }
    ) throws(SystemFailure) -> ImageContent {
        var hash = SHA256()
        var bytes: [UInt8] = []
        var count = 0
        bytes.reserveCapacity(min(expected, maximumBytes))
        while true {
            try beforeEachPart()
            let part = try file.read(upTo: 1 << 20)
            if part.isEmpty { break }
            hash.update(part)
            count += part.count
            if count <= maximumBytes { bytes += part } else { bytes = [] }
        }
        return ImageContent(
            sha256: hash.finalize().hexadecimal, byteCount: count, bytes: count <= maximumBytes ? bytes : nil)
    }
}
