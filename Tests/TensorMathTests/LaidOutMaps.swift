import TensorMath

extension [FeatureMap] {
    /// Maps of one shape, each with values of its own.
    static func patterns(_ images: Int, channels: Int, height: Int, width: Int, seed: UInt64) -> [FeatureMap] {
        (0..<images).map {
            FeatureMap(
                channels: channels, height: height, width: width,
                values: pattern(channels * height * width, seed + UInt64($0)))
        }
    }

    /// [images, channels, height, width].
    var values: [Float] { flatMap(\.values) }
}

extension ReferenceLayers {
    /// Each channel's sum plus its bias.
    static func biased(_ map: FeatureMap, _ bias: [Float]) -> FeatureMap {
        let ones = [Float](repeating: 1, count: bias.count)
        let zeros = [Float](repeating: 0, count: bias.count)
        return batchNormalization(map, scale: ones, shift: bias, mean: zeros, variance: ones, epsilon: 0)
    }
}

extension MapLayout {
    func laidOut(_ values: [Float]) -> TensorStorage {
        var storage = TensorStorage(count: count)
        var span = storage.mutableSpan
        fill(&span, from: values.span)
        return storage
    }

    /// Whether border and pitch of a result that began as NaN are as they were, and missing channels are zeros.
    func isWrittenInsideOnly(_ result: Span<Float>) -> Bool {
        let pixels = images * height * width
        let written = planes * Self.blockLanes * pixels
        let missing = (planes * Self.blockLanes - channels) * pixels
        var (untouched, zeros) = (0, 0)
        for place in result.indices {
            untouched += result[place].isNaN ? 1 : 0
            zeros += result[place] == 0 ? 1 : 0
        }
        return untouched == count - written && zeros >= missing
    }
}
