// SPDX-License-Identifier: Apache-2.0
/// One image's activations as a plain value: channels × height × width, rows contiguous (CHW).
///
/// What the reference layers take and give; the fast path works on `TensorStorage` instead.
package struct FeatureMap: Sendable, Equatable {
    package var channels: Int
    package var height: Int
    package var width: Int
    /// [channel, y, x].
    package var values: [Float]

    package init(channels: Int, height: Int, width: Int, values: [Float]) {
        precondition(values.count == channels * height * width, "a feature map holds channels × height × width values")
        self.channels = channels
        self.height = height
        self.width = width
        self.values = values
    }

    /// Zeros.
    package init(channels: Int, height: Int, width: Int) {
        let values = [Float](repeating: 0, count: channels * height * width)
        self.init(channels: channels, height: height, width: width, values: values)
    }

    package subscript(channel: Int, y: Int, x: Int) -> Float {
        get { values[(channel * height + y) * width + x] }
        set { values[(channel * height + y) * width + x] = newValue }
    }
}
