// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import Testing

@testable import FundusImage

/// PNGs of every kind give Pillow's pixels; and a model sees in them what it sees in a JPEG of the same pixels.
@Suite struct PNGDecoderTests {
    private static let photographs = PhotographDecoder(.jpegAndPNG, maximumPixels: 1_000_000)

    /// Kinds of `Golden/make_png.py`; each is there interlaced too.
    static let kinds = [
        "gray-1", "gray-2", "gray-4", "gray-8", "gray-16", "rgb-8", "rgb-16", "gray-alpha-8", "gray-alpha-16", "rgba-8",
        "rgba-16", "palette-1", "palette-2", "palette-4", "palette-8",
    ]
    static let oddities = [
        "one-pixel-interlaced", "three-by-two-interlaced", "rgb-with-everything", "palette-transparent",
        "orientation-6",
    ]

    @Test(arguments: kinds + kinds.map { $0 + "-interlaced" } + oddities)
    func `pixels are Pillow's`(name: String) throws {
        let decoded = try Self.photographs.decode(GoldenFile.bytes(of: "png/\(name).png"))
        #expect(decoded.picture == GoldenFile(name: "png/\(name).ppm").picture)
        #expect(decoded.shrinkage == 1 && decoded.warnings.isEmpty)
    }

    @Test(arguments: ["gray-16", "rgb-8", "palette-4-interlaced", "one-pixel-interlaced"])
    func `resized pixels are Pillow's`(name: String) throws {
        let decoded = try Self.photographs.decode(GoldenFile.bytes(of: "png/\(name).png"), resizedTo: (32, 32))
        #expect(decoded.picture == GoldenFile(name: "png/\(name).32x32.ppm").picture)
    }

    /// A JPEG, its pixels as a PNG: the same rectangle as in Python, and the same bits for the network.
    @Test(arguments: FieldCropGoldenTests.cases) func `what a model sees of the same pixels is equal`(
        _ golden: FieldCropGoldenTests.Case
    ) throws {
        let jpeg = GoldenFile.bytes(of: "field-crop/\(golden.name).jpg")
        let png = SyntheticPNG.encode(try JPEGDecoder.decode(jpeg, maximumPixels: 1_000_000).picture)
        let squeezed = try Self.photographs.decode(png, as: .torchvision224)
        let expected = try JPEGDecoder.decode(jpeg, as: .torchvision224, maximumPixels: 1_000_000)
        #expect(squeezed.picture == expected.picture && squeezed.frame == nil)
        let side = try #require(FieldCropGoldenTests.sides[golden.name])
        let cut = try Self.photographs.decode(png, as: Preprocessing(.fieldCrop, side: side))
        let found = cut.rectangle
        // Python looks for the field in fully decoded pixels too.
        #expect([found.x, found.y, found.width, found.height] == golden.rectangle)
        #expect(cut.picture == GoldenFile(name: "field-crop/\(golden.name).\(side).ppm").picture)
        #expect(cut.frame != nil)
    }

    @Test(arguments: ["orientation-6", "orientation-6-behind"])
    func `a PNG is turned as its eXIf chunk asks`(name: String) throws {
        let png = GoldenFile.bytes(of: "png/\(name).png")
        #expect(Orientation(of: png) == .quarterRight)
        let stored = try Self.photographs.decode(png).picture
        let preprocessing = Preprocessing(
            name: "turned", width: 17, height: 21, mean: [0, 0, 0], deviation: [1, 1, 1])
        let seen = try Self.photographs.decode(png, as: preprocessing)
        #expect(seen.picture == Orientation.quarterRight.shown(stored))
        #expect(seen.sourceWidth == 21 && seen.sourceHeight == 17)
    }

    @Test func `no beginning of a PNG is more than upright`() {
        let png = GoldenFile.bytes(of: "png/orientation-6.png")
        for count in 0..<60 { #expect(Orientation(of: Array(png.prefix(count))) == .upright) }
        var damaged = png
        // The length of the first chunk, beyond the end of the file.
        damaged[8] = 0xFF
        #expect(Orientation(of: damaged) == .upright)
    }

    @Test(arguments: DecodeFidelity.allCases) func `a PNG is decoded at its own size, whatever is wished`(
        fidelity: DecodeFidelity
    ) throws {
        let png = SyntheticPNG.eye(seed: 1, side: 256)
        let decoded = try Self.photographs.decode(png, as: Preprocessing(.squeeze, side: 8), fidelity: fidelity)
        #expect(decoded.shrinkage == 1)
        #expect(try decoded == Self.photographs.decode(png, as: Preprocessing(.squeeze, side: 8)))
    }

    @Test func `what an interlaced picture holds is known from its header`() throws {
        func header(_ name: String) throws -> PhotographDecoder.Header {
            try Self.photographs.header(of: GoldenFile.bytes(of: "png/\(name).png"))
        }
        #expect(try header("rgba-16-interlaced") == .init(width: 21, height: 17, heldBytes: 21 * 17 * 4))
        #expect(try header("rgba-16") == .init(width: 21, height: 17, heldBytes: 0))
        #expect(4 * 1_000_000 <= JPEGDecoder.mostCoefficientBytes(maximumPixels: 1_000_000))
        let jpeg = GoldenFile.bytes(of: "progressive-420.jpg")
        #expect(try Self.photographs.header(of: jpeg).heldBytes > 0)
    }

    @Test(arguments: [false, true]) func `progress is shown`(isInterlaced: Bool) throws {
        var calls = 0
        let png =
            isInterlaced ? GoldenFile.bytes(of: "png/rgb-8-interlaced.png") : SyntheticPNG.eye(seed: 1, side: 256)
        _ = try Self.photographs.decode(png, resizedTo: (8, 8)) { calls += 1 }
        #expect(calls >= 7)
    }
}
