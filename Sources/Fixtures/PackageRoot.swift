// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

/// The checkout that these sources lie in.
package enum PackageRoot {
    package static let path = ["file", "target", "Sources"].reduce(FilePath(#filePath)) { path, _ in
        path.removingLastComponent()
    }
}
