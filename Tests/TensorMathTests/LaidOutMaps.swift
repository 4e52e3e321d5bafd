// SPDX-License-Identifier: Apache-2.0
import TensorMath

extension [FeatureMap] {
    /// Maps of one shape, each with values of its own.
    static func patterns(
        _ images: Int, channels: Int, height: Int, width: Int, seed: UInt64, in precision: Precision = .float32
    ) -> [FeatureMap] {
        (0..<images).map {
            FeatureMap(
                channels: channels, height: height, width: width,
                values: precision.rounded(pattern(channels * height * width, seed + UInt64($0))))
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

    /// Lays values out where something else is: missing channels are zeros, border and pitch are left alone.
    func write(_ values: [Float], over map: inout MutableSpan<Float>) {
        let whole = MapLayout.blocked(
            images: images, channels: planes * Self.blockLanes, height: height, width: width, border: border,
            precision: precision)
        let (given, all) = (channels * height * width, whole.channels * height * width)
        let padded = (0..<images).flatMap { image in
            values[image * given..<(image + 1) * given] + repeatElement(0, count: all - given)
        }
        whole.fill(&map, from: padded.span)
    }

    /// Memory for a result: NaN wherever nothing is written, in either precision.
    func unwritten() -> TensorStorage {
        var storage = TensorStorage(count: count)
        var span = storage.mutableSpan
        for place in span.indices { span[place] = Float(bitPattern: 0x7fc0_7fc0) }
        return storage
    }

    /// Whether border and pitch of a result that began unwritten are as they were, and missing channels are zeros.
    func isWrittenInsideOnly(_ result: Span<Float>) -> Bool {
        let pixels = images * height * width
        let written = planes * Self.blockLanes * pixels
        let missing = (planes * Self.blockLanes - channels) * pixels
        var (elements, untouched, zeros) = (0, 0, 0)
        for place in result.indices {
            for element in precision == .float32 ? [result[place]] : result[place].halves {
                elements += 1
                untouched += element.isNaN ? 1 : 0
                zeros += element == 0 ? 1 : 0
            }
        }
        return untouched == elements - written && zeros >= missing
    }
}

extension Float {
    /// The two bfloat16 of a word.
    fileprivate var halves: [Float] {
        [Float(bitPattern: bitPattern << 16), Float(bitPattern: bitPattern & 0xffff_0000)]
    }
}

extension Precision {
    /// The values as this precision keeps them.
    func rounded(_ values: [Float]) -> [Float] {
        self == .float32 ? values : values.map { Float(bitPattern: UInt32($0.bfloat16Bits) << 16) }
    }

    /// What an output may differ from the plain loops' in float32: sums in another order, and one rounding.
    func tolerance(_ expected: Float) -> Float { self == .float32 ? 1e-4 : 1e-4 + abs(expected) / 256 }
}
