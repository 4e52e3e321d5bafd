// SPDX-License-Identifier: Apache-2.0
/// The two pools of a residual network, on planned memory.
package enum Pooling {
    /// The largest value under each window; input and output are [channels, height, width] of their own extents.
    package static func maximum(
        _ input: Span<Float>, channels: Int, height: Int, width: Int, window: WindowGeometry,
        into output: inout MutableSpan<Float>
    ) {
        let outputHeight = window.outputExtent(height)
        let outputWidth = window.outputExtent(width)
        precondition(input.count >= channels * height * width, "input shorter than its shape")
        precondition(output.count >= channels * outputHeight * outputWidth, "output shorter than its shape")
        for channel in 0..<channels {
            let plane = input.extracting(channel * height * width..<(channel + 1) * height * width)
            for y in 0..<outputHeight {
                let rows = clipped(y, window, extent: height)
                let start = (channel * outputHeight + y) * outputWidth
                for x in 0..<outputWidth {
                    let columns = clipped(x, window, extent: width)
                    output[start + x] = largest(plane, width: width, rows: rows, columns: columns)
                }
            }
        }
    }

    /// The places of the window at `place` that lie inside the map.
    private static func clipped(_ place: Int, _ window: WindowGeometry, extent: Int) -> Range<Int> {
        let first = place * window.stride - window.padding
        return max(first, 0)..<min(first + window.kernel, extent)
    }

    private static func largest(_ plane: Span<Float>, width: Int, rows: Range<Int>, columns: Range<Int>) -> Float {
        var best = -Float.infinity
        for y in rows {
            for x in columns {
                let value = plane[y * width + x]
                if value > best || value.isNaN { best = value }
            }
        }
        return best
    }

    /// The mean of each channel's plane, summed in Double.
    package static func globalAverage(
        _ input: Span<Float>, channels: Int, plane: Int, into output: inout MutableSpan<Float>
    ) {
        precondition(input.count >= channels * plane && output.count >= channels && plane > 0, "map too short")
        for channel in 0..<channels {
            let values = input.extracting(channel * plane..<(channel + 1) * plane)
            var sum = 0.0
            for place in values.indices { sum += Double(values[place]) }
            output[channel] = Float(sum / Double(plane))
        }
    }
}
