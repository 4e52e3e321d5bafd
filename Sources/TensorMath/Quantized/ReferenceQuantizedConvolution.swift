// SPDX-License-Identifier: Apache-2.0
/// A convolution of bytes, or of an image's words, as plain loops, written to be read; any kernel, stride and padding.
///
/// Sums are exact in 64 bits. What follows is rounded to a float after each operation, so that the kernels, which never
/// fuse two of them, give the same bits.
package enum ReferenceQuantizedConvolution {
    /// Whole numbers of one image [channels, height, width].
    package struct Map: Sendable, Equatable {
        package var channels: Int
        package var height: Int
        package var width: Int
        /// [channels, height, width].
        package var values: [Int16]

        package init(channels: Int, height: Int, width: Int, values: [Int16]) {
            precondition(values.count == channels * height * width, "a map holds channels × height × width values")
            self.channels = channels
            self.height = height
            self.width = width
            self.values = values
        }
    }

    /// Σ value · weight, [outputs, height, width].
    package static func sums(
        _ map: Map, _ weights: [Int16], outputs: Int, window: WindowGeometry
    ) -> [Int] {
        let (height, width) = (window.outputExtent(map.height), window.outputExtent(map.width))
        var sums: [Int] = []
        for o in 0..<outputs {
            for y in 0..<height {
                for x in 0..<width { sums.append(sum(map, weights, output: o, y: y, x: x, window)) }
            }
        }
        return sums
    }

    private static func sum(
        _ map: Map, _ weights: [Int16], output: Int, y: Int, x: Int, _ window: WindowGeometry
    ) -> Int {
        let (top, left) = (y * window.stride - window.padding, x * window.stride - window.padding)
        var sum = 0
        for i in 0..<map.channels {
            for ky in 0..<window.kernel where 0..<map.height ~= top + ky {
                for kx in 0..<window.kernel where 0..<map.width ~= left + kx {
                    let weight = weights[((output * map.channels + i) * window.kernel + ky) * window.kernel + kx]
                    sum += Int(map.values[(i * map.height + top + ky) * map.width + left + kx]) * Int(weight)
                }
            }
        }
        return sum
    }

    /// Sums [outputs, places] in the output's unit.
    ///
    /// - Parameter residual: bytes or floats as floats, [outputs, places], and what they are multiplied by.
    package static func scaled(
        _ sums: [Int], _ scaling: QuantizedScaling, adding residual: (values: [Float], factor: Float)? = nil
    ) -> [Float] {
        let places = sums.count / scaling.bias.count
        return sums.indices.map { place in
            let product = Float(Int32(sums[place])) * scaling.factors[place / places]
            let value = product + scaling.bias[place / places]
            guard let residual else { return value }
            let added = residual.values[place] * residual.factor
            return value + added
        }
    }

    /// A normalized sample in steps of `QuantizedImageConvolution`, the nearest, halves to even.
    package static func word(_ value: Float) -> Int16 {
        let largest = Float(QuantizedImageConvolution.largest)
        return Int16(min(max(value / QuantizedImageConvolution.step, -largest), largest).rounded(.toNearestOrEven))
    }

    /// The nearest of 0 … 255, halves to even.
    package static func byte(_ value: Float) -> UInt8 {
        UInt8(min(max(value, 0), 255).rounded(.toNearestOrEven))
    }
}
