// SPDX-License-Identifier: Apache-2.0
/// Lays a map of disease over its photograph: the more a place speaks for disease, the less the photograph shows through.
package enum HeatmapPainter {
    /// The evidence that gets the full color where nothing in the picture is stronger: a logit of 4, P = 0.98.
    ///
    /// Without it the strongest place of every normal eye would glow. With it alone, all strong places would look alike.
    private static let leastFullLogit: Float = 4

    /// At full color so much of the photograph is covered: vessels and lesions must stay visible.
    private static let greatestCover: Float = 0.65

    /// - Parameters:
    ///   - rectangle: what of the photograph the network saw, in the photograph's own pixels; the map is stretched over it, as
    ///     the network's input was, and nothing is painted around it. Nil where the network saw the whole frame.
    ///   - source: the photograph's own size.
    ///   - picture: the whole photograph at any size.
    package static func paint(
        _ map: DiseaseMap, seen rectangle: PictureRectangle? = nil, of source: (width: Int, height: Int)? = nil,
        over picture: RGBPicture
    ) -> RGBPicture {
        let peak = map.logits.filter(\.isFinite).max() ?? 0
        let strengths = map.logits.map { max(0, $0.isFinite ? $0 : 0) / max(peak, leastFullLogit) }
        let source = source ?? (picture.width, picture.height)
        let rectangle = rectangle ?? PictureRectangle(wholeOf: source)
        let columns = Axis(
            length: picture.width, of: source.width, seen: (rectangle.x, rectangle.width), input: map.inputWidth,
            places: map.width, map.pixelsPerPlace)
        let rows = Axis(
            length: picture.height, of: source.height, seen: (rectangle.y, rectangle.height), input: map.inputHeight,
            places: map.height, map.pixelsPerPlace)
        var pixels = picture.pixels
        for y in rows.seen {
            let row = rows.interpolatedRow(at: y, of: strengths, width: map.width)
            for x in columns.seen {
                blend(&pixels, at: 3 * (y * picture.width + x), strength: columns.value(at: x, of: row))
            }
        }
        return RGBPicture(width: picture.width, height: picture.height, pixels: pixels)
    }

    private static func blend(_ pixels: inout [UInt8], at offset: Int, strength: Float) {
        if strength <= 0 { return }
        let color = HeatRamp.color(strength)
        let cover = greatestCover * min(1, strength * 1.5)
        for channel in 0..<3 {
            let sample = Float(pixels[offset + channel])
            pixels[offset + channel] = UInt8((sample + cover * (color[channel] - sample)).rounded())
        }
    }

    /// How one side of the photograph lies over the grid: for each pixel the two places around it.
    private struct Axis {
        /// The pixels whose centers the network saw.
        let seen: Range<Int>
        private let lower: [Int]
        private let upper: [Int]
        private let shares: [Float]

        /// - Parameters:
        ///   - length: Pixels that are painted.
        ///   - source: Those of the photograph, of which the network saw some.
        init(
            length: Int, of source: Int, seen stretch: (start: Int, length: Int), input: Int, places: Int,
            _ pixelsPerPlace: Int
        ) {
            let start = Float(stretch.start) * Float(length) / Float(source)
            let seenLength = Float(stretch.length) * Float(length) / Float(source)
            let positions = (0..<length).map { pixel -> Float in
                let inputPixel = (Float(pixel) + 0.5 - start) * Float(input) / seenLength - 0.5
                return min(max(inputPixel / Float(pixelsPerPlace), 0), Float(places - 1))
            }
            func pixel(at place: Float) -> Int { Int(min(max((place - 0.5).rounded(.up), 0), Float(length))) }
            seen = pixel(at: start)..<max(pixel(at: start + seenLength), pixel(at: start))
            lower = positions.map { Int($0) }
            upper = lower.map { min($0 + 1, places - 1) }
            shares = zip(positions, lower).map { $0 - Float($1) }
        }

        func value(at pixel: Int, of row: [Float]) -> Float {
            let (low, high) = (row[lower[pixel]], row[upper[pixel]])
            return low + shares[pixel] * (high - low)
        }

        func interpolatedRow(at pixel: Int, of grid: [Float], width: Int) -> [Float] {
            (0..<width).map { x in
                let (low, high) = (grid[lower[pixel] * width + x], grid[upper[pixel] * width + x])
                return low + shares[pixel] * (high - low)
            }
        }
    }
}

/// The colors of a heatmap: from deep blue to pale cyan, always lighter.
///
/// No retina has these colors, so whatever is blue is the map's. One hue that only grows lighter reads the same to the
/// color-blind and in gray.
private enum HeatRamp {
    private static let stops: [InlineArray<3, Float>] = [
        [20, 60, 160], [0, 150, 220], [60, 220, 240], [180, 255, 255],
    ]

    /// - Parameter strength: 0…1.
    static func color(_ strength: Float) -> InlineArray<3, Float> {
        let place = min(max(strength, 0), 1) * Float(stops.count - 1)
        let below = min(Int(place), stops.count - 2)
        let share = place - Float(below)
        let (low, high) = (stops[below], stops[below + 1])
        return InlineArray { low[$0] + share * (high[$0] - low[$0]) }
    }
}
