// SPDX-License-Identifier: Apache-2.0
/// What a file is by its first bytes: a photograph that is read here, or something else, with a name for people.
package enum FileKind: Sendable, Hashable {
    case jpeg, png
    /// A noun with its article, such as "a TIFF picture".
    case other(String)

    /// How many of a file's first bytes tell.
    package static let bytesThatTell = 132

    /// What is said of a DICOM file.
    package static let dicom = FileMagic.dicom

    /// - Parameter bytes: as many as tell, or all that there are.
    package init(_ bytes: [UInt8]) {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if FileMagic.isPNG(bytes) {
            self = .png
        } else {
            self = .other(bytes.isEmpty ? "an empty file" : FileMagic.appearance(of: bytes))
        }
    }

    /// A noun with its article.
    package var appearance: String {
        switch self {
        case .jpeg: "a JPEG picture"
        case .png: FileMagic.png
        case .other(let appearance): appearance
        }
    }
}
