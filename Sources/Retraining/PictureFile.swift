// SPDX-License-Identifier: Apache-2.0
// In: labelled pictures, a recipe, first weights. Out: a trained network with what it is worth on people it never saw; on the
// way, checkpoints from which a killed training goes on to the same bits.
// Called by `fundusd train` and `fundusd retrain`.

package import FundusImage
internal import Glibc
package import LinuxIO
package import SystemPackage

/// Decoded pictures of one size, kept in a file, so that no epoch decodes and memory does not grow with their number.
///
/// The file has no name: the kernel frees it when the process ends, however that ends. Pictures come back through the page
/// cache, which takes what memory is free.
package struct PictureFile: ~Copyable {
    private let file: Descriptor
    private let width: Int
    private let height: Int
    package private(set) var count = 0

    private var pictureBytes: Int { 3 * width * height }

    /// - Parameter folder: where there is room for width × height × 3 bytes a picture.
    package init(in folder: FilePath, width: Int, height: Int) throws(SystemFailure) {
        let path = folder.appending("\(AtomicFile.temporaryPrefix)\(UInt64.random(in: 0 ... .max)).tmp")
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        try AtomicFile.remove(path)
        self.file = file
        self.width = width
        self.height = height
    }

    /// Adds a picture of the file's size.
    ///
    /// - Returns: its number.
    package mutating func append(_ picture: RGBPicture) throws(SystemFailure) -> Int {
        precondition(picture.width == width && picture.height == height, "pictures of one size")
        try file.write(picture.pixels)
        count += 1
        return count - 1
    }

    /// - Parameter number: as `append` gave it.
    package func picture(_ number: Int) throws(SystemFailure) -> RGBPicture {
        precondition(0..<count ~= number, "no such picture")
        let pixels = try file.read(upTo: pictureBytes, at: number * pictureBytes)
        guard pixels.count == pictureBytes else { throw SystemFailure("pread", file.path.string, .ioError) }
        return RGBPicture(width: width, height: height, pixels: pixels)
    }
}
