// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@testable import FundusImage

@Suite struct JPEGEndTests {
    private static let jpeg = SyntheticEye(seed: 1, width: 40, height: 40).jpeg()

    @Test(arguments: [false, true]) func `every beginning of a picture lacks its end, and the whole has it`(
        isProgressive: Bool
    ) {
        let eye = SyntheticEye(seed: 1, width: 40, height: 40).picture
        let jpeg = SyntheticPictures.encode(eye, quality: 70, isProgressive: isProgressive)
        for count in 0..<jpeg.count {
            #expect(JPEGEnd.isMissing(in: Array(jpeg.prefix(count))), "\(count) of \(jpeg.count) bytes")
        }
        #expect(!JPEGEnd.isMissing(in: jpeg))
        #expect(!JPEGEnd.isMissing(in: jpeg + [0, 1, 0xFF]))
    }

    /// The end of a thumbnail, and a comment that looks like one, are not the picture's.
    @Test func `an end within a segment does not count`() {
        let half = Array(Self.jpeg.prefix(Self.jpeg.count / 2))
        let comment: [UInt8] = [0xFF, 0xFE, 0, 6, 0xFF, 0xD9, 0xFF, 0xD9]
        let with = Array(half.prefix(2)) + comment + Array(half.dropFirst(2))
        #expect(JPEGEnd.isMissing(in: with))
        #expect(!JPEGEnd.isMissing(in: with + Array(Self.jpeg.dropFirst(half.count))))
    }

    @Test(arguments: [
        ("reserved room", [UInt8](repeating: 0, count: 5000), true), ("text", Array("hello".utf8), false),
        ("a PNG picture", SyntheticPictures.png(), false), ("an end alone", [0xFF, 0xD8, 0xFF, 0xD9], false),
        ("a segment longer than the file", [0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF, 0, 0], true),
        ("filling bytes", [0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xD9], false),
        ("a segment that says it has no length", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0xFF, 0xD9], false),
    ])
    func `what is no picture's beginning is not waited for`(name: String, bytes: [UInt8], isMissing: Bool) {
        #expect(JPEGEnd.isMissing(in: bytes) == isMissing)
    }

    @Test(arguments: ["ycbcr-420", "progressive-420", "cmyk", "restart", "arithmetic", "one-scan-a-component"])
    func `pictures of every coding have their end`(name: String) {
        #expect(!JPEGEnd.isMissing(in: GoldenFile.bytes(of: name + ".jpg")))
    }
}
