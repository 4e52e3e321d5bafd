import FoundationEssentials
import Glibc
import SystemPackage

/// A folder of its own for one test, removed with everything in it afterwards.
final class TemporaryFolder {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/fundusd-settings-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path.string)
    }

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
