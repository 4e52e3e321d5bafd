// SPDX-License-Identifier: Apache-2.0
import FundusImage
import Testing

@Suite struct PreprocessingTests {
    /// NCHW: all of red, then green, then blue; values from PyTorch, by the operations of `ToTensor` and `Normalize`, bit for bit.
    @Test func `planes hold normalized samples`() {
        let preprocessing = Preprocessing(
            name: "two-by-one", width: 2, height: 1, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
        var tensor: [Float] = []
        preprocessing.fill(
            &tensor, from: RGBPicture(width: 2, height: 1, pixels: [0, 128, 255, 37, 200, 1]))
        #expect(tensor.map(\.bitPattern) == Self.expected)
    }

    @Test func `the size is torchvision's`() { #expect(Preprocessing.torchvision224.elementCount == 150_528) }

    @Test func `a name says geometry and side`() {
        #expect(Preprocessing(.squeeze, side: 224) == .torchvision224)
        #expect(Preprocessing(.fieldCrop, side: 320).name == "field-crop-320")
        #expect(Preprocessing(.fieldCrop, side: 320).geometry == .fieldCrop)
    }

    static let expected: [UInt32] = [0xC007_8BBD, 0xBFBD_FD27, 0x3E52_1B48, 0x3FBB_9B9C, 0x4028_F5C3, 0xBFE4_BCEA]
}
