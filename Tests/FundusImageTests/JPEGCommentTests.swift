// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FundusImage
import Testing

@Suite struct JPEGCommentTests {
    private static let picture = SyntheticEye(seed: 1, width: 40, height: 30).picture

    @Test(arguments: [0, 1, 200, 300, 65_533, 80_000]) func `a comment changes no pixel`(length: Int) throws {
        let jpeg = SyntheticPictures.encode(Self.picture)
        let commented = JPEGComment.adding(String(repeating: "c", count: length), to: jpeg)
        #expect(commented.count == jpeg.count + 4 + min(length, 65_533))
        // The JFIF segment of 16 bytes stays first.
        #expect(commented[2..<20] == jpeg[2..<20])
        #expect(Array(commented[20..<22]) == [0xFF, 0xFE])
        let decoded = try JPEGDecoder.decode(commented, maximumPixels: 10_000)
        #expect(try decoded == JPEGDecoder.decode(jpeg, maximumPixels: 10_000))
    }

    @Test func `a file without JFIF takes it as well`() throws {
        let jpeg = SyntheticPictures.encode(Self.picture, colors: .cmyk)
        let commented = JPEGComment.adding("words", to: jpeg)
        #expect(try JPEGDecoder.decode(commented, maximumPixels: 10_000).picture.width == 40)
    }
}
