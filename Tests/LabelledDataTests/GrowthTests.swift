// SPDX-License-Identifier: Apache-2.0
import FundusImage
import LabelledData
import Testing

/// What has come since a model was trained.
@Suite struct GrowthTests {
    private static func image(_ number: Int, _ label: ImageLabel? = nil, look: Int? = nil) -> LabelledImage {
        var state = UInt64(look ?? number) &* 0x9E37_79B9_7F4A_7C15 | 1
        let pixels = (0..<3 * 64 * 64).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 56)
        }
        return LabelledImage(
            path: "\(number).jpg", label: label ?? (number % 2 == 0 ? .disease : .normal), sha256: "hash \(number)",
            person: nil,
            look: PictureLook(RGBPicture(width: 64, height: 64, pixels: pixels)))
    }

    private static func manifest(_ count: Int) -> ImageManifest {
        ImageManifest(
            (0..<count).map {
                .init(
                    sha256: "hash \($0)", label: $0 % 2 == 0 ? .disease : .normal, side: .training, group: $0,
                    path: "old/\($0).jpg")
            })
    }

    @Test func `only what was never seen counts as new`() {
        let images = (0..<14).map { Self.image($0) } + [Self.image(100, look: 3)]
        let growth = Growth(images, since: Self.manifest(10))
        #expect(growth.newDisease == 2 && growth.newNormal == 2 && growth.savedAgain == 1)
        #expect(growth.removed.isEmpty && growth.reclassified.isEmpty && growth.disease == 8 && growth.normal == 7)
    }

    @Test func `what was moved to the other class or removed is noticed`() {
        let images = [Self.image(0, .normal), Self.image(1), Self.image(3)]
        let growth = Growth(images, since: Self.manifest(4))
        #expect(growth.reclassified == ["0.jpg"] && growth.removed == ["old/2.jpg"] && growth.newImages == 0)
        #expect(growth.sentence.contains("1 (0.jpg) moved to the other class; 1 (old/2.jpg) removed."))
    }

    @Test func `pictures that only tell what is gradable are no growth`() {
        let images = (0..<4).map { Self.image($0) } + [Self.image(5, .ungradable), Self.image(6, .gradable)]
        let manifest = ImageManifest(
            Self.manifest(4).rows + [.init(sha256: "u", label: .ungradable, side: .training, group: 9, path: "u.jpg")])
        let growth = Growth(images, since: manifest)
        #expect(growth.newImages == 0 && growth.removed.isEmpty && growth.disease + growth.normal == 4)
    }

    @Test func `of an unknown model's images all are new`() {
        #expect(Growth((0..<6).map { Self.image($0) }, since: nil).newImages == 6)
    }

    @Test(arguments: [
        (4, 5, nil), (5, 5, "4 new images are fewer than 5 (retrain.min-new-images)"),
        (1, 8, "there are 7 usable images of disease and 7 of normal eyes, and each class needs 8"),
    ])
    func `too little growth is a reason to wait`(minimumNew: Int, minimumPerClass: Int, reason: String?) {
        let growth = Growth((0..<14).map { Self.image($0) }, since: Self.manifest(10))
        let found = growth.reasonToWait(minimumNewImages: minimumNew, minimumPerClass: minimumPerClass)
        #expect(found.map { $0.hasPrefix(reason ?? "-") } ?? (reason == nil))
    }
}
