// SPDX-License-Identifier: Apache-2.0
import FundusImage
import Testing

@Suite struct PillowEqualityTests {
    @Test func `golden files are there`() {
        #expect(GoldenFile.all.count >= 30)
        #expect(GoldenFile.scaled.count >= 12)
    }

    @Test(arguments: GoldenFile.all)
    func `decoding and resizing give Pillow's pixels`(_ golden: GoldenFile) throws {
        let expected = golden.picture
        let decoded = try JPEGDecoder.decode(
            golden.jpeg, resizedTo: (expected.width, expected.height), maximumPixels: 1_000_000)
        #expect(largestDifference(decoded.picture, expected) <= golden.tolerance)
        #expect(decoded.warnings.isEmpty)
    }

    @Test(arguments: GoldenFile.all.filter { $0.isFullSize })
    func `decoding at full size gives Pillow's pixels`(_ golden: GoldenFile) throws {
        #expect(try JPEGDecoder.decode(golden.jpeg, maximumPixels: 1_000_000).picture == golden.picture)
    }

    @Test(arguments: GoldenFile.scaled)
    func `decoding smaller and resizing give Pillow's pixels`(_ golden: GoldenFile) throws {
        let expected = golden.picture
        let decoded = try JPEGDecoder.decode(
            golden.jpeg, resizedTo: (expected.width, expected.height), maximumPixels: 1_000_000, fidelity: .scaled)
        #expect(decoded.picture == expected)
        #expect(decoded.shrinkage > 1)
    }

    private func largestDifference(_ one: RGBPicture, _ other: RGBPicture) -> Int {
        zip(one.pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
    }
}
