package import SystemPackage

/// The checkout that these sources lie in.
package enum PackageRoot {
    package static let path = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
}
