// SPDX-License-Identifier: Apache-2.0
/// Lays every window of a map out as one column, so that a convolution becomes one matrix product.
///
/// Input [channels, height, width] becomes [channels · kernel · kernel, outputHeight · outputWidth]: row (i, ky, kx) holds,
/// for each output place, the input value that this weight meets, 0 in the padding.
package enum ImageToColumns {
    package static func unfold(
        _ input: Span<Float>, channels: Int, height: Int, width: Int, window: WindowGeometry,
        into columns: inout MutableSpan<Float>
    ) {
        let outputHeight = window.outputExtent(height)
        let outputWidth = window.outputExtent(width)
        precondition(input.count >= channels * height * width, "input shorter than its shape")
        precondition(
            columns.count >= channels * window.kernel * window.kernel * outputHeight * outputWidth,
            "columns shorter than the unfolded map")
        var row = 0..<outputWidth
        for channel in 0..<channels {
            for ky in 0..<window.kernel {
                for kx in 0..<window.kernel {
                    for y in 0..<outputHeight {
                        let inputY = y * window.stride - window.padding + ky
                        let start = (channel * height + inputY) * width
                        let source = 0 <= inputY && inputY < height ? start..<start + width : 0..<0
                        fill(row, of: &columns, from: input, source, firstX: kx - window.padding, window.stride)
                        row = row.upperBound..<row.upperBound + outputWidth
                    }
                }
            }
        }
    }

    /// Copies `input[source][firstX + x · stride]` to place x of the row, with zeros outside the source.
    @inline(__always)
    private static func fill(
        _ row: Range<Int>, of columns: inout MutableSpan<Float>, from input: Span<Float>, _ source: Range<Int>,
        firstX: Int, _ stride: Int
    ) {
        let begin = firstX >= 0 ? 0 : min((-firstX + stride - 1) / stride, row.count)
        let inside = source.count <= firstX ? 0 : (source.count - 1 - firstX) / stride + 1
        let end = max(begin, min(inside, row.count))
        for x in 0..<begin { columns[row.lowerBound + x] = 0 }
        let first = source.lowerBound + firstX
        if stride == 1 {
            for x in begin..<end { columns[row.lowerBound + x] = input[first + x] }
        } else {
            for x in begin..<end { columns[row.lowerBound + x] = input[first + x * stride] }
        }
        for x in end..<row.count { columns[row.lowerBound + x] = 0 }
    }
}
