// SPDX-License-Identifier: Apache-2.0
/// How a square window (a convolution's kernel or a pool) walks over a map.
package struct WindowGeometry: Sendable, Hashable {
    /// Side of the square, in pixels.
    package let kernel: Int
    /// Pixels from one window to the next, in both directions.
    package let stride: Int
    /// Rows and columns added on every side: zeros for a convolution, minus infinity for a maximum.
    package let padding: Int

    package init(kernel: Int, stride: Int, padding: Int) {
        precondition(kernel > 0 && stride > 0 && padding >= 0 && padding < kernel, "no such window")
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    /// The output's extent along one side of `extent` pixels: ⌊(extent + 2·padding − kernel) / stride⌋ + 1.
    package func outputExtent(_ extent: Int) -> Int {
        precondition(extent + 2 * padding >= kernel, "the window is larger than the padded map")
        return (extent + 2 * padding - kernel) / stride + 1
    }
}
