// SPDX-License-Identifier: Apache-2.0
/// The activations of some images as a plain value: images × channels × height × width, rows contiguous (NCHW).
///
/// What the training layers' references take and give, in Float as the network computes or in Double, where central
/// differences are exact enough to check a gradient.
package struct FeatureBatch<Scalar: BinaryFloatingPoint & Sendable>: Sendable, Equatable {
    package var images: Int
    package var channels: Int
    package var height: Int
    package var width: Int
    /// NCHW.
    package var values: [Scalar]

    package init(images: Int, channels: Int, height: Int, width: Int, values: [Scalar]) {
        precondition(
            values.count == images * channels * height * width, "a batch holds images × channels × height × width")
        self.images = images
        self.channels = channels
        self.height = height
        self.width = width
        self.values = values
    }

    /// Zeros.
    package init(images: Int, channels: Int, height: Int, width: Int) {
        let values = [Scalar](repeating: 0, count: images * channels * height * width)
        self.init(images: images, channels: channels, height: height, width: width, values: values)
    }

    /// Pixels of a channel's plane.
    package var plane: Int { height * width }

    /// Where a row begins.
    package func row(_ image: Int, _ channel: Int, _ y: Int) -> Int {
        ((image * channels + channel) * height + y) * width
    }

    /// The same extent with other values.
    package func with(_ values: [Scalar]) -> FeatureBatch {
        FeatureBatch(images: images, channels: channels, height: height, width: width, values: values)
    }
}
