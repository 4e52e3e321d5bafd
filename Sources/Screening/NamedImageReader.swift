internal import Crypto
internal import Glibc
package import LinuxIO
package import SystemPackage

/// Reads images that a person named on the command line: links and pipes are followed, since they were asked for.
package struct NamedImageReader: Sendable {
    package let maximumBytes: Int

    package init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Reads a file.
    package func read(_ path: FilePath) throws(SystemFailure) -> ImageContent {
        let file = try Descriptor.open(path, O_RDONLY)
        guard try file.status().kind != .folder else { throw SystemFailure("read", path.string, .isDirectory) }
        return try ImageContent(readingFrom: file, maximumBytes: maximumBytes)
    }

    /// Reads standard input to its end.
    package func readStandardInput() throws(SystemFailure) -> ImageContent {
        try ImageContent(readingFrom: Descriptor.standardInput(), maximumBytes: maximumBytes)
    }
}

extension ImageContent {
    /// Reads to the end and hashes on the way; bytes beyond the limit are hashed and not kept.
    init(readingFrom file: borrowing Descriptor, maximumBytes: Int, expecting expected: Int = 0) throws(SystemFailure) {
        var hash = SHA256()
        var bytes: [UInt8] = []
        var count = 0
        bytes.reserveCapacity(min(expected, maximumBytes))
        while true {
            let chunk = try file.read(upTo: 1 << 20)
            if chunk.isEmpty { break }
            hash.update(data: chunk)
            count += chunk.count
            if count <= maximumBytes { bytes += chunk } else { bytes = [] }
        }
        self.init(
            sha256: hash.finalize().hexadecimal, byteCount: count, bytes: count <= maximumBytes ? bytes : nil)
    }
}
