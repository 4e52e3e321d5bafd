// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FundusImage
import LabelledData
import Testing

/// One photograph saved twice is found; two eyes are told apart.
@Suite struct PictureLookTests {
    private static func picture(_ seed: UInt64, side: Int = 320) -> RGBPicture {
        SyntheticEye(seed: seed, width: side, height: side).picture
    }

    private static func look(_ picture: RGBPicture, quality: Int?) throws -> PictureLook {
        let jpeg = try JPEGEncoder.encode(picture, quality: quality ?? 90)
        return PictureLook(
            try JPEGDecoder.decode(jpeg, resizedTo: (224, 224), maximumPixels: 1_000_000, progress: {}).picture)
    }

    @Test(arguments: [60, 75, 95])
    func `the same eye at another quality or size looks the same`(quality: Int) throws {
        let original = try Self.look(Self.picture(3), quality: 90)
        let again = try Self.look(Self.picture(3), quality: quality)
        #expect(original.isNearlyIdentical(to: again) && again.isNearlyIdentical(to: original))
    }

    @Test func `different eyes look different`() throws {
        let looks = try (0..<12).map { try Self.look(Self.picture(UInt64($0)), quality: 90) }
        for one in looks.indices {
            for other in looks.indices where one != other { #expect(!looks[one].isNearlyIdentical(to: looks[other])) }
        }
    }

    @Test(arguments: [(1, 1), (5, 300), (300, 5), (17, 16), (56, 56), (57, 55)])
    func `pictures of any size have a look`(width: Int, height: Int) {
        let gray = [UInt8](repeating: 90, count: 3 * width * height)
        let picture = RGBPicture(width: width, height: height, pixels: gray)
        #expect(PictureLook(picture).isNearlyIdentical(to: PictureLook(picture)))
    }
}
