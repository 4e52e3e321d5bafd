// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@testable import FundusImage

/// Decoding smaller: libjpeg's own shrunk rows through the reference resize, for every kind of file.
@Suite struct ScaledDecodeTests {
    static let names = [
        "gray", "ycbcr-420", "ycbcr-422", "ycbcr-440", "ycbcr-444", "ycbcr-411", "rgb", "cmyk", "ycck",
        "cmyk-progressive", "progressive-420", "restart", "one-scan-a-component", "512x384", "100x90",
    ]

    /// The largest targets that let each shrinkage happen, by the shorter side.
    @Test(arguments: names, [DecodeShrinkage.half, .quarter, .eighth])
    func `a smaller decode equals the reference`(_ name: String, _ shrinkage: DecodeShrinkage) throws {
        let jpeg = GoldenFile.bytes(of: name + ".jpg")
        let header = try JPEGDecoder.header(of: jpeg, maximumPixels: 1_000_000)
        let side = min(header.width, header.height) / (4 * shrinkage.rawValue)
        let decoded = try JPEGDecoder.decode(
            jpeg, resizedTo: (side, side), maximumPixels: 1_000_000, fidelity: .scaled)
        #expect(decoded.shrinkage == shrinkage.rawValue)
        #expect((decoded.sourceWidth, decoded.sourceHeight) == (header.width, header.height))
        let extent = (shrinkage.extent(of: header.width), shrinkage.extent(of: header.height))
        let expected = ReferenceResizer.resize(
            try shrunkPicture(of: jpeg, shrinkage), covering: extent, to: (side, side))
        #expect(decoded.picture == expected)
    }

    /// Where nothing is shrunk, `scaled` is `full`.
    @Test(arguments: GoldenFile.all) func `small pictures are decoded in full`(_ golden: GoldenFile) throws {
        let size = (width: golden.picture.width, height: golden.picture.height)
        let full = try JPEGDecoder.decode(golden.jpeg, resizedTo: size, maximumPixels: 1_000_000)
        let scaled = try JPEGDecoder.decode(
            golden.jpeg, resizedTo: size, maximumPixels: 1_000_000, fidelity: .scaled)
        #expect(full.shrinkage == 1)
        #expect(scaled.shrinkage > 1 || scaled == full)
    }

    /// The same picture, but for what the block's high frequencies and the rounding add.
    @Test(arguments: 0..<4) func `a smaller decode is close to the full one`(_ seed: Int) throws {
        let jpeg = SyntheticEye(seed: UInt64(seed), width: 640 - seed, height: 512 + 3 * seed).jpeg()
        let full = try JPEGDecoder.decode(jpeg, resizedTo: (64, 64), maximumPixels: 1_000_000)
        let scaled = try JPEGDecoder.decode(
            jpeg, resizedTo: (64, 64), maximumPixels: 1_000_000, fidelity: .scaled)
        #expect(scaled.shrinkage == 2)
        let differences = zip(full.picture.pixels, scaled.picture.pixels).map { abs(Int($0) - Int($1)) }
        #expect(differences.max() ?? 0 <= 3)
        #expect(Double(differences.reduce(0, +)) < 0.2 * Double(differences.count))
    }

    private func shrunkPicture(of jpeg: [UInt8], _ shrinkage: DecodeShrinkage) throws -> RGBPicture {
        try jpeg.withUnsafeBufferPointer { buffer in
            let stream = try JPEGStream(buffer, limits: JPEGLimits(pixels: 1_000_000))
            let size = try stream.start(shrinkage) {}
            var samples = [UInt8](repeating: 0, count: size.width * size.height * 4)
            var rows = samples.mutableSpan
            try stream.readRows(size.height, width: size.width, into: &rows, from: 0, pitch: size.width * 4)
            if stream.isCMYK { AdobeCMYK.convertToRGB(&rows) }
            let pixels = samples.indices.filter { $0 % 4 < 3 }.map { samples[$0] }
            return RGBPicture(width: size.width, height: size.height, pixels: pixels)
        }
    }
}
