// SPDX-License-Identifier: Apache-2.0
internal import Hashing
package import LinuxIO
package import SystemPackage

/// A number that only this site knows: with it nobody who chooses a picture's bytes chooses whether people look at it.
///
/// It is kept, so that a restart draws the same.
package struct SiteSecret: Sendable, Equatable {
    private let key: [UInt8]

    package static let fileName: FilePath = "review.secret"
    private static let length = 32
    private static let permissions: CInterop.Mode = 0o600

    package init(key: [UInt8]) { self.key = key }

    /// Reads it, or makes it where there is none; two who make it at once have the same one after.
    package init(in state: FilePath) throws(SystemFailure) {
        let folder = try Folder(state)
        if try folder.statusIfThere(Self.fileName) == nil {
            var system = SystemRandomNumberGenerator()
            let key = (0..<Self.length).map { _ in UInt8.random(in: 0 ... .max, using: &system) }
            _ = try folder.writeNew(key, to: Self.fileName, permissions: Self.permissions)
        }
        key = try Self.key(in: folder, state)
    }

    /// Has another state folder draw as this one does, where this one draws at all.
    ///
    /// - Throws: also where the secret isn't whole.
    package static func copy(from state: FilePath, to other: FilePath) throws(SystemFailure) {
        let folder = try Folder(state)
        guard try folder.statusIfThere(fileName) != nil else { return }
        try Folder(other).write(try key(in: folder, state), to: fileName, permissions: permissions)
    }

    private static func key(in folder: borrowing Folder, _ state: FilePath) throws(SystemFailure) -> [UInt8] {
        let key = try folder.openFile(fileName).read(upTo: 2 * length)
        guard key.count == length else {
            throw SystemFailure("read", state.pushing(fileName).string, .invalidArgument)
        }
        return key
    }

    /// In 0 ..< 1, the same for the same content always, and as good as a die for all others.
    package func draw(_ sha256: String) -> Double {
        let code = HMAC.code(Array("fundusd.review/1\n\(sha256)".utf8), key: key)
        // 53 bits are what a Double holds.
        let number = code.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 11
        return Double(number) * 0x1p-53
    }
}
