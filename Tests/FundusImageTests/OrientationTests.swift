// SPDX-License-Identifier: Apache-2.0
import Fixtures
import SystemPackage
import Testing

@testable import FundusImage

@Suite struct OrientationTests {
    /// Its four corners are all different.
    private static let eye = EyeInFrame(side: 200, at: (x: 90, y: 10), in: (width: 320, height: 240)).picture

    /// A JPEG of a picture, stored so that it has to be turned.
    private static func jpeg(_ shown: RGBPicture, _ orientation: Orientation, isLittleEndian: Bool = true) -> [UInt8] {
        // What undoes a quarter to the right is one to the left; all else undoes itself.
        let inverse: Orientation =
            switch orientation {
            case .quarterRight: .quarterLeft
            case .quarterLeft: .quarterRight
            default: orientation
            }
        let jpeg = SyntheticPictures.encode(inverse.shown(shown), quality: 95, colors: .yCbCr(.full))
        return Array(jpeg.prefix(2)) + exif(UInt8(orientation.rawValue), isLittleEndian) + Array(jpeg.dropFirst(2))
    }

    private static func exif(_ value: UInt8, _ isLittleEndian: Bool) -> [UInt8] {
        func number(_ value: UInt32, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
            return isLittleEndian ? bytes : bytes.reversed()
        }
        let order: [UInt8] = isLittleEndian ? [0x49, 0x49] : [0x4D, 0x4D]
        let make = number(0x010F, 2) + number(2, 2) + number(1, 4) + number(0, 4)
        let entry = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(UInt32(value), 2) + [0, 0]
        let content =
            Array("Exif\0\0".utf8) + order + number(42, 2) + number(8, 4) + number(2, 2) + make + entry + number(0, 4)
        return [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content
    }

    private static func difference(_ one: RGBPicture, _ other: RGBPicture) -> Double {
        let sum = zip(one.pixels, other.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(one.pixels.count)
    }

    @Test(arguments: Orientation.allCases, PictureGeometry.allCases)
    func `a picture is seen as it asks to be shown`(orientation: Orientation, geometry: PictureGeometry) throws {
        let preprocessing = Preprocessing(geometry, side: 128)
        let upright = try JPEGDecoder.decode(
            SyntheticPictures.encode(Self.eye, quality: 95, colors: .yCbCr(.full)), as: preprocessing,
            maximumPixels: 1_000_000)
        for isLittleEndian in [true, false] {
            let bytes = Self.jpeg(Self.eye, orientation, isLittleEndian: isLittleEndian)
            #expect(Orientation(of: bytes) == orientation)
            let turned = try JPEGDecoder.decode(bytes, as: preprocessing, maximumPixels: 1_000_000)
            #expect(Self.difference(turned.picture, upright.picture) < 1.5, "\(orientation)")
            let stored = (width: turned.sourceWidth, height: turned.sourceHeight)
            let seen = orientation.shown(turned.rectangle, of: stored)
            let expected = upright.rectangle
            for (one, other) in [
                (seen.x, expected.x), (seen.y, expected.y), (seen.width, expected.width),
                (seen.height, expected.height),
            ] {
                #expect(abs(one - other) <= 2, "\(seen) is \(expected)")
            }
        }
    }

    /// An input side that is no square is met by the turned picture, not by the stored one.
    @Test func `a quarter turn fits an input that is no square`() throws {
        let preprocessing = Preprocessing(name: "wide", width: 96, height: 48, mean: [0, 0, 0], deviation: [1, 1, 1])
        let image = try JPEGDecoder.decode(
            Self.jpeg(Self.eye, .quarterRight), as: preprocessing, maximumPixels: 1_000_000)
        #expect(image.picture.width == 96 && image.picture.height == 48)
    }

    @Test func `damaged or missing EXIF is upright, and no byte sequence crashes`() {
        let jpeg = Self.jpeg(Self.eye, .quarterRight)
        #expect(Orientation(of: []) == .upright && Orientation(of: [0xFF, 0xD8]) == .upright)
        var generator = SeededGenerator(seed: 3)
        for count in 0..<60 { _ = Orientation(of: Array(jpeg.prefix(count))) }
        for _ in 0..<5000 {
            var damaged = Array(jpeg.prefix(80))
            for _ in 0..<3 {
                damaged[Int.random(in: 2..<80, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = Orientation(of: damaged)
        }
    }
}
