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
