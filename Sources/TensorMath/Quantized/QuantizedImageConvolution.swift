// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// The network's first convolution in whole numbers: 7×7 with stride 2 over an image, whose pixels and weights have 16 bits.
///
/// Half as much work as in floats, and no coarser than a photograph: its samples, of 8 bits, are 35 steps of 2⁻¹¹ apart by
/// ImageNet's normalization, and weights keep 13 to 15 bits. Sums are exact, and scaled and rounded to bytes as
/// `QuantizedConvolution` does; so a ReLU is part of it.
package struct QuantizedImageConvolution: Sendable {
    /// What a value is counted in.
    package static let step: Float = 0x1p-11
    /// The largest number that a value becomes; what exceeds it, ±4, becomes this. By ImageNet's mean and deviation, which every
    /// model is made with, samples lie within ±2.7.
    package static let largest = 8191

    /// The window that there is a kernel for.
    package static let window = WindowGeometry(kernel: 7, stride: 2, padding: 3)
    private static let channels = Int(ck_image_channels)
    /// Of weights that are summed up together, in a row of the kernel.
    private static let pairs = Int(ck_image_pairs)

    /// Images as floats, [image][3][height][width].
    package let images: Int
    package let height: Int
    package let width: Int
    /// The map of bytes that it writes.
    package let output: MapLayout

    package init(images: Int = 1, height: Int, width: Int, output: MapLayout) {
        precondition(
            output.height == Self.window.outputExtent(height) && output.width == Self.window.outputExtent(width)
                && output.images == images && output.lanes == MapLayout.blockLanes && output.precision == .int8,
            "the output has another extent")
        self.images = images
        self.height = height
        self.width = width
        self.output = output
    }

    /// Words of 16 bits from a row to the next: a border of zeros, and a pixel more, which the last pair's second weight meets.
    private var rowPitch: Int { (width + 2 * Self.window.padding + 1) * Self.channels }
    private var imagePitch: Int { (height + 2 * Self.window.padding) * rowPitch }

    /// Floats of storage that hold the images in whole numbers; its border must be zeros.
    package var imageCount: Int { (images * imagePitch + 1) / 2 }
    package var valueCount: Int { images * Self.channels * height * width }

    /// Words of 32 bits in the packed weights.
    package var weightCount: Int { output.planes * Self.window.kernel * Self.pairs * MapLayout.blockLanes }

    /// Floats of the packed bias and, after it, the packed factors.
    package var scalingCount: Int { 2 * output.planes * MapLayout.blockLanes }

    /// [output, 3, ky, kx] → [output block][ky][11 pairs of kx · 3 + channel][16 outputs][2] at `start`, onto zeros.
    package func pack(weights: [Int16], into packed: inout MutableSpan<Float>, at start: Int) {
        let (kernel, lanes) = (Self.window.kernel, MapLayout.blockLanes)
        precondition(weights.count == output.channels * Self.channels * kernel * kernel, "weights of another shape")
        precondition(
            QuantizedImageWeights.areWithinLimits(weights, outputs: output.channels), "a sum may exceed 32 bits")
        var source = 0
        for o in 0..<output.channels {
            for channel in 0..<Self.channels {
                for ky in 0..<kernel {
                    for kx in 0..<kernel {
                        let (row, place) = (o / lanes * kernel + ky, kx * Self.channels + channel)
                        let word = start + (row * Self.pairs + place / 2) * lanes + o % lanes
                        let bits = UInt32(UInt16(bitPattern: weights[source])) << UInt32(place % 2 * 16)
                        packed[word] = Float(bitPattern: packed[word].bitPattern | bits)
                        source += 1
                    }
                }
            }
        }
    }

    /// Bias, then factors, at `start`, onto zeros.
    package func pack(scaling: QuantizedScaling, into packed: inout MutableSpan<Float>, at start: Int) {
        precondition(scaling.bias.count == output.channels, "another number of channels")
        scaling.write(to: &packed, at: start, channels: output.planes * MapLayout.blockLanes)
    }

    /// Floats [images, 3, height, width] → whole numbers of `step`, the nearest, halves to even.
    ///
    /// - Returns: whether all of them are finite, for whole numbers can't say otherwise.
    package func fill(_ image: inout MutableSpan<Float>, from values: Span<Float>, on engine: ComputeEngine) -> Bool {
        precondition(values.count >= valueCount && image.count >= imageCount, "an image of another size")
        var isDamaged = false
        unsafe image.withUnsafeMutableBufferPointer { image in
            unsafe values.withUnsafeBufferPointer { values in
                // SAFETY: the counts above cover every place that sizes and pitches name.
                var task = unsafe ck_quantized_image()
                unsafe task.values = values.baseAddress
                unsafe task.words =
                    UnsafeMutableRawPointer(TensorStorage.aligned(image.baseAddress))
                    .assumingMemoryBound(to: Int16.self)
                    + Self.window.padding * (rowPitch + Self.channels)
                unsafe task.images = images
                unsafe task.height = height
                unsafe task.width = width
                unsafe task.words_image = imagePitch
                unsafe task.words_row = rowPitch
                unsafe task.factor = 1 / Self.step
                unsafe task.largest = Float(Self.largest)
                unsafe withUnsafeMutablePointer(to: &isDamaged) { isDamaged in
                    unsafe task.is_damaged = isDamaged
                    unsafe ck_quantize_image(engine.quantizedKernels, engine.team.handle, &task)
                }
            }
        }
        return !isDamaged
    }

    /// - Parameters:
    ///   - image: as `fill` left it.
    ///   - scaling: as `pack` left it. All spans start on a cache line.
    package func forward(
        _ image: Span<Float>, weights: Span<Float>, scaling: Span<Float>, on engine: ComputeEngine,
        into result: inout MutableSpan<Float>
    ) {
        precondition(image.count >= imageCount && result.count >= output.count, "map shorter than its shape")
        precondition(weights.count >= weightCount && scaling.count >= scalingCount, "weights shorter than their shape")
        unsafe result.withUnsafeMutableBufferPointer { result in
            unsafe image.withUnsafeBufferPointer { image in
                unsafe weights.withUnsafeBufferPointer { weights in
                    unsafe scaling.withUnsafeBufferPointer { scaling in
                        // SAFETY: the counts above cover every place that sizes and pitches name.
                        var task = unsafe sizes()
                        unsafe task.input = UnsafeRawPointer(TensorStorage.aligned(image.baseAddress))
                            .assumingMemoryBound(to: UInt8.self)
                        unsafe task.weights = UnsafeRawPointer(TensorStorage.aligned(weights.baseAddress))
                            .assumingMemoryBound(to: Int8.self)
                        unsafe task.bias = TensorStorage.aligned(scaling.baseAddress)
                        unsafe task.factor = task.bias + output.planes * MapLayout.blockLanes
                        unsafe task.output = output.kernelMap(output.pointer(result.baseAddress))
                        unsafe ck_convolve_quantized_image(engine.quantizedKernels, engine.team.handle, &task)
                    }
                }
            }
        }
    }

    /// Everything but the pointers and what lies there.
    private func sizes() -> ck_quantized_convolution {
        let word = MemoryLayout<Int16>.stride
        var task = unsafe ck_quantized_convolution()
        unsafe task.input_image = imagePitch * word
        unsafe task.input_row = rowPitch * word
        unsafe task.output_blocks = output.planes
        unsafe task.images = images
        unsafe task.height = output.height
        unsafe task.width = output.width
        unsafe task.stride = Self.window.stride
        unsafe task.rectified = true
        return unsafe task
    }
}

/// The first convolution's weights as whole numbers of 16 bits, each output channel with a step of its own.
package struct QuantizedImageWeights: Sendable, Equatable {
    /// Of an output's weights together, without their signs: so many of the largest values fit a sum of 32 bits.
    package static let largestSum = Int(Int32.max) / QuantizedImageConvolution.largest

    /// [output, 3, ky, kx]
    package let integers: [Int16]
    /// [output]; zero for a channel whose weights are all zero.
    package let steps: [Double]

    /// The smallest steps that keep 16 bits and the sum; halves are rounded to even.
    package init(_ weights: [Float], outputs: Int) {
        precondition(outputs > 0 && weights.count % outputs == 0, "weights of another shape")
        let perOutput = weights.count / outputs
        // Each may be rounded up by a half.
        let room = Double(Self.largestSum - (perOutput + 1) / 2)
        var (integers, steps) = ([Int16](), [Double]())
        for first in stride(from: 0, to: weights.count, by: perOutput) {
            let row = weights[first..<first + perOutput].map(Double.init)
            let (sum, largest) = row.reduce((0, 0)) { ($0.0 + abs($1), max($0.1, abs($1))) }
            let step = max(sum / room, largest / Double(Int16.max))
            steps.append(step)
            for weight in row { integers.append(step > 0 ? Int16((weight / step).rounded(.toNearestOrEven)) : 0) }
        }
        self.integers = integers
        self.steps = steps
    }

    static func areWithinLimits(_ integers: [Int16], outputs: Int) -> Bool {
        let perOutput = integers.count / outputs
        return stride(from: 0, to: integers.count, by: perOutput).allSatisfy { first in
            integers[first..<first + perOutput].reduce(0) { $0 + Int($1.magnitude) } <= largestSum
        }
    }
}
