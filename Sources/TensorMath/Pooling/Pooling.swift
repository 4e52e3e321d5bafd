// SPDX-License-Identifier: Apache-2.0
/// The two pools of a residual network on dense maps, [channels, height, width], on planned memory.
package enum Pooling {
    /// The largest value under each window, which is clipped to the map; input and output have their own extents.
    package static func maximum(
        _ input: Span<Float>, channels: Int, height: Int, width: Int, window: WindowGeometry, on team: ComputeTeam,
        into output: inout MutableSpan<Float>
    ) {
        let outputHeight = window.outputExtent(height)
        let outputWidth = window.outputExtent(width)
        precondition(input.count >= channels * height * width, "input shorter than its shape")
        precondition(output.count >= channels * outputHeight * outputWidth, "output shorter than its shape")
        unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe input.withUnsafeBufferPointer { input in
                let (from, to) = unsafe (TensorStorage.start(input), TensorStorage.start(output))
                // SAFETY: the counts above cover every plane, and each item writes its own.
                team.run(channels) { channel, _ in
                    for y in 0..<outputHeight {
                        unsafe maximumRow(
                            from + channel * height * width, width, window, rows: clipped(y, window, extent: height),
                            into: to + (channel * outputHeight + y) * outputWidth, outputWidth)
                    }
                }
            }
        }
    }

    /// The places of the window at `place` that lie inside the map.
    @inline(__always)
    private static func clipped(_ place: Int, _ window: WindowGeometry, extent: Int) -> Range<Int> {
        let first = place * window.stride - window.padding
        return max(first, 0)..<min(first + window.kernel, extent)
    }

    private static func maximumRow(
        _ plane: UnsafePointer<Float>, _ width: Int, _ window: WindowGeometry, rows: Range<Int>,
        into output: UnsafeMutablePointer<Float>, _ outputWidth: Int
    ) {
        for x in 0..<outputWidth {
            let columns = clipped(x, window, extent: width)
            var best = -Float.infinity
            for y in rows {
                for x in columns {
                    let value = unsafe plane[y * width + x]
                    if value > best || value.isNaN { best = value }
                }
            }
            unsafe output[x] = best
        }
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
