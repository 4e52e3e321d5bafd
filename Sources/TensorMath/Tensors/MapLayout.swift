// SPDX-License-Identifier: Apache-2.0
/// How maps lie in memory for the kernels: [plane][image][row][pixel][lane], with a border of zeros around each image.
///
/// Blocked: 16 channels side by side make one plane, missing ones are zeros. Planar: one channel a plane. A plane holds
/// the images of a batch in turn, so that a kernel's weights meet all of them before the next weights are read.
/// The border is part of the memory, so that a convolution's inner loop tests no bounds; kernels write inside it only.
package struct MapLayout: Sendable, Hashable {
    /// Channels of a blocked plane; one AVX-512 register.
    package static let blockLanes = 16

    package let images: Int
    package let channels: Int
    package let height: Int
    package let width: Int
    /// Pixels of zeros on every side.
    package let border: Int
    package let precision: Precision
    let lanes: Int

    /// Channels in blocks of 16, the innermost dimension: [block][image][y][x][16].
    package static func blocked(
        images: Int = 1, channels: Int, height: Int, width: Int, border: Int = 0, precision: Precision = .float32
    ) -> MapLayout {
        MapLayout(
            images: images, channels: channels, height: height, width: width, border: border, precision: precision,
            lanes: blockLanes)
    }

    /// One plane a channel, as pictures come: [channel][image][y][x].
    package static func planar(
        images: Int = 1, channels: Int, height: Int, width: Int, border: Int
    ) -> MapLayout {
        MapLayout(
            images: images, channels: channels, height: height, width: width, border: border, precision: .float32,
            lanes: 1)
    }

    private init(
        images: Int, channels: Int, height: Int, width: Int, border: Int, precision: Precision, lanes: Int
    ) {
        precondition(images > 0 && channels > 0 && height > 0 && width > 0 && border >= 0, "a map needs an extent")
        self.images = images
        self.channels = channels
        self.height = height
        self.width = width
        self.border = border
        self.precision = precision
        self.lanes = lanes
    }

    /// The same of so many images.
    package func holding(images: Int) -> MapLayout {
        MapLayout(
            images: images, channels: channels, height: height, width: width, border: border, precision: precision,
            lanes: lanes)
    }

    package var planes: Int { (channels + lanes - 1) / lanes }

    /// Elements from a row to the next.
    package var rowPitch: Int { (width + 2 * border) * lanes }

    /// Elements from an image to the next one of the same plane.
    package var imagePitch: Int { rowPitch * (height + 2 * border) }

    /// Elements from a plane to the next.
    ///
    /// Never a multiple of 4096 bytes: the same pixel of all planes would fall into one set of the first-level cache.
    package var planePitch: Int {
        let elements = images * imagePitch
        return elements * precision.bytes % 4096 == 0 ? elements + Self.blockLanes : elements
    }

    /// Words of 32 bits in all planes: floats, pairs of bfloat16, or four bytes.
    package var count: Int { precision.wordCount(planes * planePitch) }

    /// Where the pixel (0, 0) of a plane's first image lies, or the pixel of the border that is `padding` left of and above it.
    func origin(padding: Int = 0) -> Int { (border - padding) * (rowPitch + lanes) }

    /// Where a row of a channel begins.
    private func place(_ image: Int, _ channel: Int, _ y: Int) -> Int {
        channel / lanes * planePitch + image * imagePitch + origin() + y * rowPitch + channel % lanes
    }

    /// Values of a dense tensor, [images, channels, height, width].
    package var valueCount: Int { images * channels * height * width }

    /// Lays values out, [images, channels, height, width] dense; border and missing channels stay as they are.
    package func fill(_ map: inout MutableSpan<Float>, from values: Span<Float>) {
        precondition(values.count == valueCount && map.count >= count, "a map of another size")
        var source = 0
        for image in 0..<images {
            for channel in 0..<channels {
                for y in 0..<height {
                    fillRow(&map, from: values.extracting(source..<source + width), at: place(image, channel, y))
                    source += width
                }
            }
        }
    }

    private func fillRow(_ map: inout MutableSpan<Float>, from row: Span<Float>, at start: Int) {
        guard lanes == 1 else {
            for x in row.indices { write(row[x], at: start + x * lanes, of: &map) }
            return
        }
        copy(row, into: &map, at: start)
    }

    private func copy(_ words: Span<Float>, into map: inout MutableSpan<Float>, at start: Int) {
        unsafe words.withUnsafeBytes { words in
            unsafe map.withUnsafeMutableBytes { map in
                unsafe UnsafeMutableRawBufferPointer(rebasing: map[(start * 4)...]).copyMemory(from: words)
            }
        }
    }

    /// The inverse of `fill`.
    package func values(of map: Span<Float>) -> [Float] {
        precondition(map.count >= count, "a map of another size")
        var values: [Float] = []
        values.reserveCapacity(valueCount)
        for image in 0..<images {
            for channel in 0..<channels {
                for y in 0..<height {
                    let start = place(image, channel, y)
                    for x in 0..<width { values.append(element(start + x * lanes, of: map)) }
                }
            }
        }
        return values
    }

    private func write(_ value: Float, at place: Int, of map: inout MutableSpan<Float>) {
        switch precision {
        case .float32: map[place] = value
        case .bfloat16: write(UInt32(value.bfloat16Bits), bits: 16, at: place, of: &map)
        case .int8: write(UInt32(ReferenceQuantizedConvolution.byte(value)), bits: 8, at: place, of: &map)
        }
    }

    /// - Parameter bits: of an element, of which several share a word.
    private func write(_ element: UInt32, bits: Int, at place: Int, of map: inout MutableSpan<Float>) {
        let (word, shift) = (place * bits / 32, UInt32(place * bits % 32))
        let others = map[word].bitPattern & ~((1 << bits - 1) << shift)
        map[word] = Float(bitPattern: others | element << shift)
    }

    /// Of what shares a word the first lies in its lower part: all architectures that this runs on are little-endian.
    func element(_ place: Int, of map: Span<Float>) -> Float {
        switch precision {
        case .float32: map[place]
        case .bfloat16:
            Float(
                bitPattern: place % 2 == 0 ? map[place / 2].bitPattern << 16 : map[place / 2].bitPattern & 0xffff_0000)
        case .int8: Float(map[place / 4].bitPattern >> UInt32(place % 4 * 8) & 0xff)
        }
    }
}
