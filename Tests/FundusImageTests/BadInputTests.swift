// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@testable import FundusImage

/// Bytes that give no picture give a reason, and never a crash.
@Suite struct BadInputTests {
    static let limit = 1_000_000
    static let cases: [BadFile] = [
        BadFile("empty", [], .empty),
        BadFile("text", SyntheticPictures.text(), .notJPEG(lookingLike: "text")),
        BadFile("PNG", SyntheticPictures.png(), .notJPEG(lookingLike: "a PNG picture")),
        BadFile("GIF", Array("GIF89a".utf8), .notJPEG(lookingLike: "a GIF picture")),
        BadFile("TIFF", [0x49, 0x49, 0x2A, 0, 8], .notJPEG(lookingLike: "a TIFF picture")),
        BadFile("HEIC", [0, 0, 0, 24] + Array("ftypheic".utf8), .notJPEG(lookingLike: "a HEIC picture")),
        BadFile("PDF", Array("%PDF-1.7".utf8), .notJPEG(lookingLike: "a PDF document")),
        BadFile("zeros", [UInt8](repeating: 0, count: 5000), .notJPEG(lookingLike: "data of no known kind")),
        BadFile("marker only", [0xFF, 0xD8], .truncated),
        BadFile("truncated", SyntheticPictures.truncated(), .truncated),
        BadFile(
            "60000 × 60000", SyntheticPictures.promising(width: 60000, height: 60000),
            .tooManyPixels(width: 60000, height: 60000, limit: limit)),
        BadFile(
            "65535 × 65535", SyntheticPictures.promising(width: 65535, height: 65535),
            .tooManyPixels(width: 65535, height: 65535, limit: limit)),
        BadFile(
            "65535 × 1", SyntheticPictures.promising(width: 65535, height: 1),
            .tooManyPixels(width: 65535, height: 1, limit: limit)),
        BadFile("arithmetic coding", GoldenFile.bytes(of: "arithmetic.jpg"), .arithmeticCoding),
        BadFile("JPEG-LS", [0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0], .unsupported("JPEG-LS")),
        BadFile("12 bits a sample", twelveBit(), .unsupported("Unsupported JPEG data precision 12")),
    ]

    /// Small enough that `scaled` shrinks every picture of these tests.
    static let small = (width: 1, height: 1)

    @Test(arguments: cases, DecodeFidelity.allCases)
    func `bad input is refused with its reason`(_ bad: BadFile, _ fidelity: DecodeFidelity) {
        #expect(throws: bad.failure) {
            try JPEGDecoder.decode(
                bad.bytes, resizedTo: Self.small, maximumPixels: Self.limit, fidelity: fidelity)
        }
        #expect(!bad.failure.isMachineFault)
        #expect(bad.failure.message.count > 20)
    }

    /// The end-of-image marker is the writer's sign that it has finished: without it there is no picture.
    @Test(arguments: [false, true], DecodeFidelity.allCases)
    func `no prefix of a file gives a picture`(isProgressive: Bool, fidelity: DecodeFidelity) throws {
        let eye = SyntheticEye(seed: 1, width: 40, height: 40).picture
        let jpeg = SyntheticPictures.encode(eye, quality: 70, isProgressive: isProgressive)
        for count in 0..<jpeg.count {
            #expect(throws: DecodeFailure.self, "\(count) of \(jpeg.count) bytes") {
                try JPEGDecoder.decode(
                    Array(jpeg.prefix(count)), resizedTo: Self.small, maximumPixels: Self.limit, fidelity: fidelity)
            }
        }
        let whole = try JPEGDecoder.decode(
            jpeg, resizedTo: Self.small, maximumPixels: Self.limit, fidelity: fidelity)
        #expect(whole.shrinkage == (fidelity == .scaled ? 8 : 1))
    }

    @Test(
        arguments: ["ycbcr-420", "progressive-420", "cmyk", "restart", "one-scan-a-component"],
        DecodeFidelity.allCases)
    func `random damage never crashes`(_ name: String, _ fidelity: DecodeFidelity) {
        let jpeg = GoldenFile.bytes(of: name + ".jpg")
        var generator = SeededGenerator(seed: 11)
        var refused = 0
        for _ in 0..<500 {
            var damaged = jpeg
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                damaged[Int.random(in: damaged.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let decoded = try? JPEGDecoder.decode(
                damaged, resizedTo: (5, 4), maximumPixels: Self.limit, fidelity: fidelity)
            refused += decoded == nil ? 1 : 0
        }
        #expect(refused > 0)
    }

    @Test func `bytes after the end and between segments are harmless`() throws {
        let jpeg = SyntheticEye(seed: 4, width: 40, height: 40).jpeg()
        let plain = try JPEGDecoder.decode(jpeg, resizedTo: (32, 32), maximumPixels: Self.limit)
        let padded = try JPEGDecoder.decode(jpeg + [1, 2, 3], resizedTo: (32, 32), maximumPixels: Self.limit)
        #expect(padded == plain)
        let stuffed = Array(jpeg.prefix(2)) + [0, 0, 0] + Array(jpeg.dropFirst(2))
        let odd = try JPEGDecoder.decode(stuffed, resizedTo: (32, 32), maximumPixels: Self.limit)
        #expect(odd.picture == plain.picture)
        #expect(odd.warnings.count == 1)
    }

    /// A small file may hold many scans, each of which costs a pass over the whole picture.
    @Test func `a file of many scans is refused`() throws {
        let jpeg = GoldenFile.bytes(of: "one-scan-a-component.jpg")
        let start = try #require(jpeg.indices.dropLast().last { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xDA })
        let scan = jpeg[start..<jpeg.count - 2]
        let bomb = jpeg.dropLast(2) + Array(repeating: scan, count: 100).joined() + [0xFF, 0xD9]
        let tolerable = jpeg.dropLast(2) + Array(repeating: scan, count: 90).joined() + [0xFF, 0xD9]
        for fidelity in DecodeFidelity.allCases {
            #expect(throws: DecodeFailure.unsupported("more scans than any camera writes")) {
                try JPEGDecoder.decode(
                    Array(bomb), resizedTo: Self.small, maximumPixels: Self.limit, fidelity: fidelity)
            }
            _ = try JPEGDecoder.decode(
                Array(tolerable), resizedTo: Self.small, maximumPixels: Self.limit, fidelity: fidelity)
        }
    }

    @Test func `coefficients stay within the limit`() {
        var limits = JPEGLimits(pixels: Self.limit)
        limits.coefficientBytes = 4096
        let eye = SyntheticEye(seed: 4, width: 128, height: 128).picture
        let jpeg = SyntheticPictures.encode(eye, isProgressive: true)
        #expect(throws: DecodeFailure.unsupported("its scans need more memory than the pixel limit allows for")) {
            try jpeg.withUnsafeBufferPointer { buffer in
                let stream = try JPEGStream(buffer, limits: limits)
                _ = try stream.start {}
            }
        }
    }

    @Test func `no pixel limit overflows the memory limit`() {
        #expect(JPEGLimits(pixels: .max).coefficientBytes == .max)
        #expect(JPEGLimits(pixels: 100).coefficientBytes == 600 + 64 << 20)
    }

    @Test func `progress is shown`() throws {
        let eye = SyntheticEye(seed: 4, width: 128, height: 128).picture
        for isProgressive in [false, true] {
            var calls = 0
            let jpeg = SyntheticPictures.encode(eye, isProgressive: isProgressive)
            _ = try JPEGDecoder.decode(jpeg, resizedTo: (8, 8), maximumPixels: Self.limit) { calls += 1 }
            #expect(calls >= 4)
        }
    }

    /// A file of one interleaved scan needs rows only.
    @Test(arguments: [
        ("ycbcr-420", false), ("restart", false), ("progressive-420", true), ("one-scan-a-component", true),
    ])
    func `what decoding holds is known from the header`(name: String, needsCoefficients: Bool) throws {
        let header = try JPEGDecoder.header(of: GoldenFile.bytes(of: name + ".jpg"), maximumPixels: Self.limit)
        // Two bytes a sample, with the chroma at half.
        let least = needsCoefficients ? header.width * header.height * 3 : 0
        #expect(header.coefficientBytes >= least && (header.coefficientBytes > 0) == needsCoefficients)
        #expect(
            header.coefficientBytes <= JPEGDecoder.mostCoefficientBytes(maximumPixels: header.width * header.height))
    }

    @Test func `a header is read without pixels`() throws {
        let header = try JPEGDecoder.header(of: GoldenFile.bytes(of: "cmyk-progressive.jpg"), maximumPixels: Self.limit)
        #expect(
            header
                == JPEGHeader(
                    width: 61, height: 47, components: 4, isProgressive: true, coefficientBytes: 4 * 8 * 6 * 128))
    }

    /// 990 × 990 pixels have 23 064 blocks at half chroma, and every block has at least a bit.
    @Test func `a file too short for its blocks is refused by its header`() {
        let jpeg = Array(SyntheticPictures.promising(width: 990, height: 990).prefix(700))
        #expect(throws: DecodeFailure.truncated) { try JPEGDecoder.header(of: jpeg, maximumPixels: Self.limit) }
    }

    @Test func `only memory is the machine's fault`() {
        #expect(DecodeFailure.outOfMemory.isMachineFault)
        #expect(!DecodeFailure.truncated.isMachineFault)
    }

    private static func twelveBit() -> [UInt8] {
        var bytes = SyntheticPictures.onePixel()
        if let frame = bytes.indices.dropLast().first(where: { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 }) {
            bytes[frame + 4] = 12
        }
        return bytes
    }
}
