// SPDX-License-Identifier: Apache-2.0
import FundusImage
import Glibc
import Testing

/// One expectation of `Golden/make_golden.py`: a JPEG, and Pillow's pixels of it at some size.
struct GoldenFile: CustomTestStringConvertible, Sendable {
    /// `NAME.WxH.ppm`, or `NAME.WxH.scaled.ppm` where libjpeg decodes the picture smaller.
    let name: String

    var testDescription: String { name }
    var jpeg: [UInt8] { Self.bytes(of: name.prefix { $0 != "." } + ".jpg") }

    /// Pillow 13 does the vertical pass first when the height shrinks much more than the width (its pull request 9549),
    /// earlier versions never; rounding in the other order changes a sample by at most 1.
    var tolerance: Int { name.hasPrefix("3x500") ? 1 : 0 }

    var isFullSize: Bool {
        let header = try? JPEGDecoder.header(of: jpeg, maximumPixels: 1_000_000)
        return header?.width == picture.width && header?.height == picture.height
    }

    /// A binary PPM: "P6\nW H\n255\n", then the pixels.
    var picture: RGBPicture {
        let bytes = Self.bytes(of: name)
        let header = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        let sides = header[1].split(separator: UInt8(ascii: " ")).compactMap {
            Int(String(decoding: $0, as: UTF8.self))
        }
        return RGBPicture(width: sides[0], height: sides[1], pixels: Array(header[3]))
    }

    static let all = expectations.filter { !$0.name.hasSuffix(".scaled.ppm") }
    static let scaled = expectations.filter { $0.name.hasSuffix(".scaled.ppm") }

    private static let expectations = names().filter { $0.hasSuffix(".ppm") }.sorted().map(GoldenFile.init(name:))

    static func bytes(of name: some StringProtocol) -> [UInt8] {
        guard let file = fopen("\(folder)/\(name)", "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = getc(file), byte != EOF { bytes.append(UInt8(byte)) }
        return bytes
    }

    private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Golden"

    private static func names() -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }
}
