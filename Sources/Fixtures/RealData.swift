// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
package import SystemPackage

/// Photographs of eyes and trained weights that lie beside a checkout, where they may be; never part of the project.
package enum RealData {
    /// `../shared/data`, nil where it is absent.
    package static var photographs: FilePath? { existing("shared/data") }
    /// `../shared/weights`, nil where it is absent.
    package static var weights: FilePath? { existing("shared/weights") }

    /// Every JPEG below a folder of `photographs`, such as "validation", sorted; empty where it is absent.
    ///
    /// - Parameter prefix: What their paths below the folder begin with.
    package static func images(in folder: String, prefix: String = "") -> [FilePath] {
        guard let root = photographs?.appending(folder) else { return [] }
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: root.string)) ?? []
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".jpg") }.sorted().map { root.pushing(FilePath($0)) }
    }

    /// A file's content; empty when it cannot be read.
    package static func bytes(of path: FilePath) -> [UInt8] {
        FileManager.default.contents(atPath: path.string).map { [UInt8]($0) } ?? []
    }

    private static func existing(_ name: String) -> FilePath? {
        let path = PackageRoot.path.removingLastComponent().pushing(FilePath(name))
        return FileManager.default.fileExists(atPath: path.string) ? path : nil
    }
}
