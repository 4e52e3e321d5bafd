// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@testable import FundusImage

/// PNGs that give no picture give a reason, never a crash, and take no memory.
@Suite struct BadPNGTests {
    private static let limit = 1_000_000
    private static let photographs = PhotographDecoder(.jpegAndPNG, maximumPixels: limit)
    private static let rgb = GoldenFile.bytes(of: "png/rgb-8.png")

    /// Behind IHDR.
    private static func inserting(_ chunk: [UInt8]) -> [UInt8] { Array(rgb.prefix(33)) + chunk + rgb.dropFirst(33) }

    static let cases: [BadFile] = [
        BadFile("header only", SyntheticPictures.png(), .truncated),
        BadFile("no end", Array(rgb.dropLast(12)), .truncated),
        BadFile("a changed pixel", changed(rgb, at: rgb.count - 20), .corrupt("IDAT: incorrect data check")),
        BadFile("a changed checksum", changed(rgb, at: rgb.count - 13), .corrupt("IDAT: CRC error")),
        BadFile(
            "a changed comment", changed(inserting(SyntheticPNG.chunk("tEXt", Array("A\0b".utf8))), at: 43),
            .corrupt("tEXt: CRC error")),
        BadFile(
            "line ends changed in transfer", rgb.filter { $0 != 0x0D },
            .corrupt("PNG file corrupted by ASCII conversion")),
        BadFile(
            "an unknown chunk that must be known", inserting(SyntheticPNG.chunk("CgBI", [0, 0, 0, 0])),
            .corrupt("CgBI: unhandled critical chunk")),
        BadFile(
            "a palette too short", shortPalette(), .corrupt("a pixel has a color that the palette lacks")),
        BadFile("more rows than its header says", ofHeight(16), .corrupt("IDAT: Too much image data")),
        BadFile("fewer rows than its header says", ofHeight(18), .corrupt("Not enough image data")),
        BadFile(
            "too many pixels", SyntheticPNG.promising(width: 1001, height: 1000),
            .tooManyPixels(width: 1001, height: 1000, limit: limit)),
        BadFile(
            "sides beyond all limits", SyntheticPNG.promising(width: 1 << 31 - 1, height: 1 << 31 - 1),
            .tooManyPixels(width: 1 << 31 - 1, height: 1 << 31 - 1, limit: limit)),
        BadFile(
            "sides whose product is no number", SyntheticPNG.promising(width: .max, height: .max),
            .tooManyPixels(width: Int(UInt32.max), height: Int(UInt32.max), limit: limit)),
        BadFile(
            "a side too long", SyntheticPNG.promising(width: 65501, height: 1),
            .tooManyPixels(width: 65501, height: 1, limit: limit)),
        BadFile("no width", SyntheticPNG.promising(width: 0, height: 1), .corrupt("Invalid IHDR data")),
        BadFile("too short for its pixels", SyntheticPNG.promising(width: 1000, height: 1000), .truncated),
        BadFile(
            "too short for its pixels, interlaced",
            SyntheticPNG.promising(width: 1000, height: 1000, isInterlaced: true), .truncated),
        BadFile("text", SyntheticPictures.text(), .notPhotograph(lookingLike: "text")),
        BadFile("TIFF", [0x49, 0x49, 0x2A, 0, 8], .notPhotograph(lookingLike: "a TIFF picture")),
        BadFile("empty", [], .empty),
    ]

    @Test(arguments: cases) func `it is refused with its reason`(_ bad: BadFile) {
        #expect(throws: bad.failure) { try Self.photographs.decode(bad.bytes, resizedTo: (8, 8)) }
        #expect(throws: bad.failure) {
            try Self.photographs.decode(bad.bytes, as: Preprocessing(.fieldCrop, side: 8))
        }
        #expect(!bad.failure.isMachineFault && bad.failure.message.count > 20)
    }

    /// What a verdict is made of stays JPEG.
    @Test func `where only JPEGs are accepted a PNG is named, with what to do`() throws {
        let failure = #expect(throws: DecodeFailure.self) {
            try JPEGDecoder.decode(Self.rgb, resizedTo: (8, 8), maximumPixels: Self.limit)
        }
        #expect(failure == .notJPEG(lookingLike: "a PNG picture") && failure?.code == "not-jpeg")
        #expect(failure?.message.contains("is a PNG picture") == true)
        #expect(failure?.message.contains("Export the image as JPEG") == true)
    }

    @Test(arguments: ["rgb-8", "rgb-8-interlaced", "palette-4", "rgb-with-everything", "orientation-6-behind"])
    func `no beginning gives a picture`(name: String) throws {
        let png = GoldenFile.bytes(of: "png/\(name).png")
        for count in 0..<png.count {
            #expect(throws: DecodeFailure.self, "\(count) of \(png.count) bytes") {
                try Self.photographs.decode(Array(png.prefix(count)), resizedTo: (8, 8))
            }
        }
        _ = try Self.photographs.decode(png, resizedTo: (8, 8))
        // Whatever follows the end is no part of it.
        #expect(
            try Self.photographs.decode(png + [1, 2, 3]).picture == GoldenFile(name: "png/\(name).ppm").picture)
    }

    /// With right checksums, so that what is damaged is read.
    @Test(arguments: PNGDecoderTests.kinds, ["", "-interlaced"])
    func `random damage never crashes`(kind: String, interlacing: String) {
        let png = GoldenFile.bytes(of: "png/\(kind)\(interlacing).png")
        var generator = SeededGenerator(seed: 12)
        var refused = 0
        for round in 0..<200 {
            var damaged = png
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                damaged[Int.random(in: 8..<damaged.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if round % 4 > 0 { damaged = SyntheticPNG.withRightChecksums(damaged) }
            let decoded = try? Self.photographs.decode(damaged, resizedTo: (5, 4))
            refused += decoded == nil ? 1 : 0
        }
        #expect(refused > 0)
    }

    /// Texts and profiles may be as long as the file, or inflate to anything: none is kept, none is inflated. libpng by
    /// itself takes 8 million bytes of one.
    @Test(arguments: ["tEXt", "zTXt", "iCCP", "iTXt", "sPLT", "eXIf", "prIv"])
    func `a huge chunk beside the pixels is passed over`(name: String) throws {
        let content = Array("name\0\0".utf8) + [UInt8](repeating: 0x55, count: 9 << 20)
        let decoded = try Self.photographs.decode(Self.inserting(SyntheticPNG.chunk(name, content)))
        #expect(decoded.picture == GoldenFile(name: "png/rgb-8.ppm").picture)
    }

    /// Many programs write them anywhere.
    @Test(arguments: ["tRNS", "gAMA", "bKGD", "tIME", "sRGB"])
    func `a chunk where none belongs, or of nonsense, changes nothing`(name: String) throws {
        let chunk = SyntheticPNG.chunk(name, [1, 2, 3])
        for png in [Self.inserting(chunk), Self.rgb.dropLast(12) + chunk + Self.rgb.suffix(12)] {
            #expect(try Self.photographs.decode(png).picture == GoldenFile(name: "png/rgb-8.ppm").picture)
        }
    }

    private static func changed(_ bytes: [UInt8], at place: Int) -> [UInt8] {
        var bytes = bytes
        bytes[place] ^= 1
        return bytes
    }

    /// 17 rows, under another number of them.
    private static func ofHeight(_ height: UInt8) -> [UInt8] {
        var png = rgb
        png[23] = height
        return SyntheticPNG.withRightChecksums(png)
    }

    /// Half of the colors.
    private static func shortPalette() -> [UInt8] {
        let png = GoldenFile.bytes(of: "png/palette-8.png")
        let palette = Array(png[41..<41 + 384])
        return Array(png.prefix(33)) + SyntheticPNG.chunk("PLTE", palette) + png.dropFirst(33 + 12 + 768)
    }
}
