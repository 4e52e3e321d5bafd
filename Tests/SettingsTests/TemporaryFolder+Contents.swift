// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import SystemPackage

/// What the tests of folders and files put into a folder.
extension TemporaryFolder {
    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = try FileDescriptor.open(
            path.appending(name), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    @discardableResult func makeFolder(_ name: String) throws -> FilePath {
        let folder = path.appending(name)
        guard mkdir(folder.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
        return folder
    }

    @discardableResult func link(_ name: String, to target: FilePath) throws -> FilePath {
        let link = path.appending(name)
        guard symlink(target.string, link.string) == 0 else { throw Errno(rawValue: errno) }
        return link
    }
}
