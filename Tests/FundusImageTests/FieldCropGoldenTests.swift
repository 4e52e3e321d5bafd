// SPDX-License-Identifier: Apache-2.0
import FundusImage
import Testing

/// The same rectangle and the same pixels as `Golden/field_crop.py`.
@Suite struct FieldCropGoldenTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// x, y, width, height.
        let rectangle: [Int]
        var testDescription: String { name }
    }

    static let cases = String(decoding: GoldenFile.bytes(of: "field-crop/rectangles.txt"), as: UTF8.self)
        .split(separator: "\n").map { line in
            let parts = line.split(separator: " ")
            return Case(name: String(parts[0]), rectangle: parts.dropFirst().compactMap { Int($0) })
        }

    /// Sides of the cut-out pictures, as their files' names have them.
    static let sides = [
        "centered": 48, "wide-notched": 40, "cut-above-below": 33, "beyond-the-corner": 64, "strip": 32, "squeezed": 47,
        "no-field": 20, "large": 48, "frame": 44, "writing": 52, "corners": 50, "writing-large": 48,
    ]

    @Test func `every case is there`() { #expect(Self.cases.map(\.name).sorted() == Self.sides.keys.sorted()) }

    @Test(arguments: cases) func `rectangle and pixels are Pillow's`(_ golden: Case) throws {
        let side = try #require(Self.sides[golden.name])
        let decoded = try JPEGDecoder.decode(
            GoldenFile.bytes(of: "field-crop/\(golden.name).jpg"), as: Preprocessing(.fieldCrop, side: side),
            maximumPixels: 1_000_000)
        let found = decoded.rectangle
        let sides = [found.x, found.y, found.width, found.height]
        #expect(zip(sides, golden.rectangle).allSatisfy { abs($0 - $1) <= 1 }, "\(found)")
        // The pixels say something only where no pixel is cut off or added.
        guard sides == golden.rectangle else { return }
        #expect(decoded.picture == GoldenFile(name: "field-crop/\(golden.name).\(side).ppm").picture)
    }

    /// Small pictures are not shrunk for the search, so nothing may differ there.
    @Test(arguments: cases.filter { !$0.name.hasSuffix("large") }) func `the rectangle is the same`(_ golden: Case)
        throws
    {
        let decoded = try JPEGDecoder.decode(
            GoldenFile.bytes(of: "field-crop/\(golden.name).jpg"), as: Preprocessing(.fieldCrop, side: 8),
            maximumPixels: 1_000_000)
        let found = decoded.rectangle
        #expect([found.x, found.y, found.width, found.height] == golden.rectangle)
    }
}
