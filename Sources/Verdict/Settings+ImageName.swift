// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
package import Settings
package import SystemPackage

extension Settings {
    /// An image as a person names it, with or without the inbox's own path, as its path below the inbox.
    package func nameBelowInbox(_ image: String) -> FilePath {
        let here = FilePath(FileManager.default.currentDirectoryPath)
        var path = here.pushing(FilePath(image)).lexicallyNormalized()
        if path.removePrefix(here.pushing(inbox).lexicallyNormalized()) { return path }
        return FilePath(image).lexicallyNormalized()
    }
}
