// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
package import SystemPackage
internal import Verdict

/// The folder in which people find pictures that they are to look at.
///
/// What lies here is a copy of the very bytes that were judged: a link to the inbox's file would let its sender change what
/// people look at.
package struct ReviewFolder: Sendable {
    package let root: FilePath

    package init(root: FilePath) { self.root = root }

    /// Puts a picture here under its own name, or one with digits of its hash where another has that; durable on return.
    ///
    /// - Returns: the name, and the file that has it. One of the same content is not put twice.
    func put(
        _ bytes: [UInt8], of name: ImageName, sha256: String
    ) throws(SystemFailure) -> (file: FilePath, signature: FileSignature) {
        let folder = try Folder(root)
        for file in LabelledName.candidates(for: name, sha256: sha256) {
            let isNew = try folder.writeNew(bytes, to: file)
            guard try isNew ? true : folder.holds(sha256, at: file) else { continue }
            return (file, try folder.status(of: file).signature)
        }
        throw SystemFailure("rename", root.pushing(name.path).string, .fileExists)
    }
}

/// What a picture is called among those of a person's answers: its own name, since that may tell whose eye it is.
enum LabelledName {
    /// `a.jpg`, `a~SHA12.jpg`, `a~SHA64.jpg`: for `ward/a.jpg` too.
    static func candidates(for name: ImageName, sha256: String) -> [FilePath] {
        let bytes = name.path.lastComponent.map { FilePath(root: nil, components: $0).bytes } ?? Array(sha256.utf8)
        let dot = bytes.lastIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
        let others = [12, 64].map { digits in
            // Room for the mark and an ending within the 255 bytes of a name.
            FilePath(
                bytes: bytes[..<dot].prefix(170) + Array("~\(sha256.prefix(digits))".utf8) + bytes[dot...].prefix(16))
        }
        return [FilePath(bytes: bytes)] + others
    }
}
