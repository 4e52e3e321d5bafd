import TensorMath

extension FeatureBatch<Float> {
    /// Values in ±1 that differ by place and by seed.
    static func pattern(_ images: Int, _ channels: Int, _ height: Int, _ width: Int, seed: UInt64) -> Self {
        FeatureBatch(
            images: images, channels: channels, height: height, width: width,
            values: TensorMathTests.pattern(images * channels * height * width, seed))
    }
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
