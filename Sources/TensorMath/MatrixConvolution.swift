// SPDX-License-Identifier: Apache-2.0
/// A convolution with bias, residual and ReLU, by way of one matrix product.
///
/// A 1×1 convolution of stride 1 *is* a product, W [o, i] · X [i, y·x]; every other window is unfolded into columns first.
/// A path with kernels of its own takes this type's place: same arguments, same result.
package struct MatrixConvolution: Sendable {
    package let inputChannels: Int
    package let outputChannels: Int
    package let window: WindowGeometry

    package init(inputChannels: Int, outputChannels: Int, window: WindowGeometry) {
        precondition(inputChannels > 0 && outputChannels > 0, "a convolution needs channels")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.window = window
    }

    /// Weights: [outputChannels, inputChannels, kernel, kernel].
    package var weightCount: Int { outputChannels * inputChannels * window.kernel * window.kernel }

    private var isPlainProduct: Bool { window.kernel == 1 && window.stride == 1 && window.padding == 0 }

    /// Floats of scratch that `forward` needs for a map of this size.
    package func columnCount(height: Int, width: Int) -> Int {
        guard !isPlainProduct else { return 0 }
        return inputChannels * window.kernel * window.kernel * window.outputExtent(height) * window.outputExtent(width)
    }

    /// output = convolution(input), [outputChannels, outputHeight, outputWidth], without bias.
    package func forward(
        _ input: Span<Float>, height: Int, width: Int, weights: Span<Float>, columns: inout MutableSpan<Float>,
        output: inout MutableSpan<Float>
    ) {
        let plane = window.outputExtent(height) * window.outputExtent(width)
        let inner = inputChannels * window.kernel * window.kernel
        if isPlainProduct {
            MatrixProduct.multiply(
                weights, input, into: &output, rows: outputChannels, inner: inner, columns: plane)
        } else {
            ImageToColumns.unfold(
                input, channels: inputChannels, height: height, width: width, window: window, into: &columns)
            MatrixProduct.multiply(
                weights, columns.span, into: &output, rows: outputChannels, inner: inner, columns: plane)
        }
    }
}
