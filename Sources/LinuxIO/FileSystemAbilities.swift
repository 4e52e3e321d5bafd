// SPDX-License-Identifier: Apache-2.0
/// What a file system takes as a file's name, and what it can do with files: known by trying (`Folder.probe`).
package struct FileSystemAbilities: Equatable, Sendable {
    /// What a name may hold that some file systems refuse.
    package enum NamePart: String, Hashable, Sendable, CaseIterable {
        /// `< > : " | ? * \`, which Windows reserves.
        case reserved
        /// Bytes below 32, and 127.
        case control
        /// A dot at the end.
        case trailingDot
        /// A space at the end.
        case trailingSpace
        /// Names of Windows' devices, such as `con` in `con.jpg`.
        case device
        /// Characters beyond ASCII.
        case foreign
        /// Bytes that are no UTF-8.
        case invalid
    }

    /// What a name must not hold.
    package var refused: Set<NamePart>
    /// False where `Eye.jpg` and `eye.jpg`, or two spellings of one accented letter, are one file.
    package var distinguishesCase: Bool
    /// The longest name, in bytes.
    package var longestName: Int
    /// Renames a file only if nothing has the new name (`man 2 renameat2`, RENAME_NOREPLACE).
    package var keepsWhatIsThere: Bool
    /// Makes a folder's entries durable (`man 2 fsync`).
    package var synchronizesFolders: Bool

    package init(
        refused: Set<NamePart> = [], distinguishesCase: Bool = true, longestName: Int = Self.longestNameOfLinux,
        keepsWhatIsThere: Bool = true, synchronizesFolders: Bool = true
    ) {
        self.refused = refused
        self.distinguishesCase = distinguishesCase
        self.longestName = longestName
        self.keepsWhatIsThere = keepsWhatIsThere
        self.synchronizesFolders = synchronizesFolders
    }

    /// As on ext4, XFS or Btrfs.
    package static let ordinary = FileSystemAbilities()

    /// NAME_MAX in `linux/limits.h`.
    package static let longestNameOfLinux = 255

    /// Whether each name of the inbox can be a name here too, beside all others.
    package var takesEveryName: Bool {
        refused.isEmpty && distinguishesCase && longestName >= Self.longestNameOfLinux
    }

    /// What it can't do, to go on after "its file system"; nil where that is nothing.
    package var sentence: String? { shortcomings.isEmpty ? nil : shortcomings.joined(separator: "; ") }

    /// What is done about it.
    package var consequence: String {
        takesEveryName
            ? "That is done another way, and nothing need be done about it."
            : "Verdicts of such names have them spelled otherwise, and say the true one in image.name: docs/verdict.md."
    }

    private var shortcomings: [String] {
        var said: [String] = []
        if !distinguishesCase { said.append("does not tell Eye.jpg from eye.jpg") }
        said += NamePart.allCases.filter(refused.contains).map { "takes no \($0.description) in names" }
        if longestName < Self.longestNameOfLinux { said.append("takes no name of more than \(longestName) bytes") }
        if !keepsWhatIsThere { said.append("can't rename without replacing") }
        if !synchronizesFolders { said.append("can't synchronize a folder by itself") }
        return said
    }
}

extension FileSystemAbilities.NamePart: CustomStringConvertible {
    package var description: String {
        switch self {
        case .reserved: "< > : \" | ? * \\"
        case .control: "control characters"
        case .trailingDot: "dot at the end"
        case .trailingSpace: "space at the end"
        case .device: "device (CON, AUX …)"
        case .foreign: "characters beyond ASCII"
        case .invalid: "bytes that are no UTF-8"
        }
    }

    /// A name to try it with. In small letters, as some file systems show all names so.
    var example: [UInt8] {
        switch self {
        case .reserved: Array("a<>:\"|?*\\b".utf8)
        case .control: Array("a\u{1}\u{1F}\u{7F}b".utf8)
        case .trailingDot: Array("dot.".utf8)
        case .trailingSpace: Array("space ".utf8)
        case .device: Array("con.jpg".utf8)
        // None of them falls apart into a letter and its accent: a file system that does that still takes them.
        case .foreign: Array("aø眼😀".utf8)
        case .invalid: [0x61, 0xFF, 0x62]
        }
    }
}
