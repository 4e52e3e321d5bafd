// SPDX-License-Identifier: Apache-2.0
/// The loops between two matrix products: one pass over the map each.
package enum ElementwiseLoops {
    /// map = max(map + bias, 0); map [channels, plane], bias [channels].
    package static func addBiasAndRectify(_ map: inout MutableSpan<Float>, bias: Span<Float>, plane: Int) {
        precondition(map.count >= bias.count * plane, "map shorter than channels × plane")
        for channel in bias.indices {
            let shift = bias[channel]
            for place in channel * plane..<(channel + 1) * plane { map[place] = rectified(map[place] + shift) }
        }
    }

    /// map = map + bias.
    package static func addBias(_ map: inout MutableSpan<Float>, bias: Span<Float>, plane: Int) {
        precondition(map.count >= bias.count * plane, "map shorter than channels × plane")
        for channel in bias.indices {
            let shift = bias[channel]
            for place in channel * plane..<(channel + 1) * plane { map[place] += shift }
        }
    }

    /// map = max(map + bias + residual, 0): the end of a residual block.
    package static func addBiasAndResidualAndRectify(
        _ map: inout MutableSpan<Float>, bias: Span<Float>, residual: Span<Float>, plane: Int
    ) {
        precondition(map.count >= bias.count * plane, "map shorter than channels × plane")
        precondition(residual.count >= bias.count * plane, "residual shorter than channels × plane")
        for channel in bias.indices {
            let shift = bias[channel]
            for place in channel * plane..<(channel + 1) * plane {
                map[place] = rectified(map[place] + shift + residual[place])
            }
        }
    }

    /// max(x, 0), keeping a NaN a NaN: a broken network must not look like a quiet one.
    @inline(__always)
    private static func rectified(_ x: Float) -> Float { x < 0 ? 0 : x }
}
