// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import Screening
internal import SystemPackage
internal import Verdict

/// Where `classify --heatmap` puts its pictures: one flat folder.
struct HeatmapFolder {
    private let root: FilePath
    private let abilities: FileSystemAbilities
    private var written: Set<FilePath> = []

    /// Makes the folder if it is missing.
    init(_ root: FilePath) throws {
        self.root = root
        do throws(SystemFailure) {
            try AtomicFile.makeFolder(root)
            abilities = try Folder(root).probe()
        } catch {
            throw Refusal(.cannotCreate, error.description)
        }
    }

    /// Writes `NAME.heatmap.jpg`; a second image of that name, from another folder, gets `NAME.SHA12.heatmap.jpg`.
    mutating func write(_ picture: [UInt8], of image: FilePath, sha256: String) throws {
        let name = ImageName(Self.name(of: image))
        let spelling = Outbox.spelling(of: name, on: abilities)
        let first = Outbox.heatmapPath(for: name, spelled: spelling)
        let path =
            written.contains(asOne(first))
            ? Outbox.supersededHeatmapPath(for: name, sha256: sha256, spelled: spelling) : first
        do throws(SystemFailure) {
            try AtomicFile.write(picture, to: root.pushing(path), permissions: 0o644)
        } catch {
            throw Refusal(.cannotCreate, error.description)
        }
        written.insert(asOne(path))
    }

    /// The same for all names that are one file there.
    private func asOne(_ path: FilePath) -> FilePath {
        abilities.distinguishesCase ? path : FilePath(path.string.lowercased())
    }

    /// The last part of a path; `-` would be mistaken for an option by other tools.
    private static func name(of image: FilePath) -> FilePath {
        guard image != "-", let last = image.lastComponent else { return "standard-input" }
        return FilePath(root: nil, components: last)
    }
}
