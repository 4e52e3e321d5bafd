// SPDX-License-Identifier: Apache-2.0
import TensorMath

extension FeatureBatch<Float> {
    /// Values in ±1 that differ by place and by seed.
    static func pattern(_ images: Int, _ channels: Int, _ height: Int, _ width: Int, seed: UInt64) -> Self {
        FeatureBatch(
            images: images, channels: channels, height: height, width: width,
            values: TensorMathTests.pattern(images * channels * height * width, seed))
    }
}

extension FeatureBatch<Float> {
    /// The first channel around exactly 0, with zeros in either half: what is normalized without a shift stays 0 there, and
    /// ReLU passes no gradient at 0.
    func withZeros() -> Self {
        var batch = self
        let (count, half) = (images * plane, images * plane / 2)
        // A share of it is a power of two: the mean is 0 however it is summed.
        let magnitude = Float(count) / 1024
        for place in 0..<count {
            let value = place >= 2 * half || place % half % 3 == 1 ? 0 : magnitude
            batch.values[row(place / plane, 0, 0) + place % plane] = place < half ? value : -value
        }
        return batch
    }

    /// A NaN at the first channel's last pixel.
    func withNaN() -> Self {
        var batch = self
        batch.values[row(images - 1, 0, height - 1) + width - 1] = .nan
        return batch
    }

    /// One channel's values.
    func values(ofChannel channel: Int) -> [Float] {
        (0..<images).flatMap { values[row($0, channel, 0)..<row($0, channel, 0) + plane] }
    }

    /// The batch as a precision keeps it.
    func rounded(to precision: Precision) -> Self { with(precision.rounded(values)) }
}

extension Precision {
    /// The most that one rounding changes a value by, as a share of it: half a unit in the last of 8 binary places.
    var rounding: Float { self == .float32 ? 0 : 1 / 256 }
}

extension BlockedMap {
    /// A map of zeros.
    static func new(_ layout: MapLayout) -> BlockedMap { BlockedMap(layout, in: Tensor(count: layout.count).all) }

    static func filled(_ layout: MapLayout, _ batch: FeatureBatch<Float>) -> BlockedMap {
        let map = new(layout)
        map.fill(batch.values.span)
        return map
    }
}

extension SignMap {
    /// Marks the values that are above zero.
    static func of(_ batch: FeatureBatch<Float>, _ layout: MapLayout) -> SignMap {
        let memory = Tensor(count: count(layout)).all
        var words = memory.mutableSpan
        for (index, value) in batch.values.enumerated() where value > 0 {
            let (word, bit) = place(of: index, layout)
            words[word] = Float(bitPattern: words[word].bitPattern | bit)
        }
        return SignMap(layout, in: memory)
    }

    /// 1 for each value that is marked, [images, channels, height, width]; 0 for the others.
    static func values(_ memory: TensorSlice, _ layout: MapLayout) -> [Float] {
        let words = memory.span
        return (0..<layout.valueCount).map { index in
            let (word, bit) = place(of: index, layout)
            return words[word].bitPattern & bit == 0 ? 0 : 1
        }
    }

    /// The word of 32 bits and its bit that belong to a value of a dense tensor.
    private static func place(of index: Int, _ layout: MapLayout) -> (word: Int, bit: UInt32) {
        let lanes = MapLayout.blockLanes
        let (x, y) = (index % layout.width, index / layout.width % layout.height)
        let (channel, image) = (
            index / layout.width / layout.height % layout.channels,
            index / layout.width / layout.height / layout.channels
        )
        let first = channel / lanes * layout.planePitch + image * layout.imagePitch + y * layout.rowPitch
        let bit = first + x * lanes + channel % lanes
        return (bit / 32, 1 << UInt32(bit % 32))
    }
}

extension FeatureBatch<Float> {
    /// Zeros where the other batch isn't above zero.
    func kept(where other: FeatureBatch<Float>) -> Self { with(zip(values, other.values).map { $1 > 0 ? $0 : 0 }) }
}
