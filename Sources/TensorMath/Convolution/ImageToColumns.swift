// SPDX-License-Identifier: Apache-2.0
/// Lays every window of a map out as one column, so that a convolution becomes one matrix product.
///
/// Input [channels, height, width] becomes [channels · kernel · kernel, outputHeight · outputWidth]: row (i, ky, kx) holds,
/// for each output place, the input value that this weight meets, 0 in the padding.
@safe struct ImageToColumns {
    let window: WindowGeometry
    let height: Int
    let width: Int
    let outputWidth: Int

    init(window: WindowGeometry, height: Int, width: Int) {
        self.window = window
        self.height = height
        self.width = width
        outputWidth = window.outputExtent(width)
    }

    /// Unfolds some channels for some rows of the output.
    ///
    /// - Parameters:
    ///   - map: all channels' planes.
    ///   - columns: the first of these channels' first row; written without gaps, `rows.count · outputWidth` floats each.
    func unfold(
        _ map: UnsafePointer<Float>, channels: Range<Int>, rows: Range<Int>, into columns: UnsafeMutablePointer<Float>
    ) {
        var target = unsafe columns
        for channel in channels {
            let plane = unsafe map + channel * height * width
            for ky in 0..<window.kernel {
                for kx in 0..<window.kernel {
                    for y in rows {
                        let inputY = y * window.stride - window.padding + ky
                        let isInside = 0 <= inputY && inputY < height
                        let row = isInside ? unsafe plane + inputY * width : nil
                        unsafe fill(target, from: row, firstX: kx - window.padding)
                        unsafe target += outputWidth
                    }
                }
            }
        }
    }

    /// Copies `row[firstX + x · stride]` to place x, with zeros outside of the row.
    @inline(__always)
    private func fill(_ target: UnsafeMutablePointer<Float>, from row: UnsafePointer<Float>?, firstX: Int) {
        guard let row = unsafe row, firstX < width else {
            unsafe target.update(repeating: 0, count: outputWidth)
            return
        }
        let begin = firstX >= 0 ? 0 : min((-firstX + window.stride - 1) / window.stride, outputWidth)
        let end = max(begin, min((width - 1 - firstX) / window.stride + 1, outputWidth))
        for x in 0..<begin { unsafe target[x] = 0 }
        if window.stride == 1 {
            for x in begin..<end { unsafe target[x] = row[firstX + x] }
        } else {
            for x in begin..<end { unsafe target[x] = row[firstX + x * window.stride] }
        }
        for x in end..<outputWidth { unsafe target[x] = 0 }
    }
}
