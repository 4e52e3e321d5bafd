// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Where in the source each pixel of a moved picture comes from, in pixels; a pixel's place is its middle's.
struct AffinePath {
    /// The source of the first pixel, and how it goes on from one pixel to the next and from row to row.
    let origin: SIMD2<Double>
    let right: SIMD2<Double>
    let below: SIMD2<Double>

    /// The inverse of: flipped, scaled, turned, stretched, shifted, all about the middle.
    init(_ alteration: CameraAlteration, width: Int, height: Int) {
        let radians = alteration.angle * (Double.pi / 180)
        let (cosine, sine) = (cos(radians) / alteration.scale, sin(radians) / alteration.scale)
        let stretch = (1 + alteration.stretch).squareRoot()
        let flip = SIMD2<Double>(alteration.isFlippedAcross ? -1 : 1, alteration.isFlippedDown ? -1 : 1)
        right = flip * SIMD2(cosine, sine) / stretch
        below = flip * SIMD2(-sine, cosine) * stretch
        let size = SIMD2(Double(width), Double(height))
        let middle = (size - 1) / 2
        let shift = SIMD2(alteration.shiftAcross, alteration.shiftDown) * size
        let start = -middle - shift
        origin = middle + start.x * right + start.y * below
    }
}

extension FloatPicture {
    /// Bilinear between the four nearest pixels; what lies beyond the frame is black.
    func resampled(along path: AffinePath) -> FloatPicture {
        var result = FloatPicture(
            width: width, height: height, pixels: [SIMD4<Float>](repeating: .zero, count: pixels.count))
        let (endX, endY) = (Double(width), Double(height))
        for y in 0..<height {
            let start = path.origin + Double(y) * path.below
            for x in 0..<width {
                let place = start + Double(x) * path.right
                guard place.x > -1, place.y > -1, place.x < endX, place.y < endY else { continue }
                // Cut off above 0, so rounded down.
                let (left, top) = (Int(place.x + 1) - 1, Int(place.y + 1) - 1)
                result.pixels[y * width + x] = interpolated(
                    left, top, Float(place.x - Double(left)), Float(place.y - Double(top)))
            }
        }
        return result
    }

    /// - Parameters:
    ///   - across: How far it is from `left` to the next column, 0…1; `down` the same from `top`.
    @inline(__always)
    private func interpolated(_ left: Int, _ top: Int, _ across: Float, _ down: Float) -> SIMD4<Float> {
        guard left >= 0, top >= 0, left + 1 < width, top + 1 < height else {
            let upper = (1 - across) * pixel(left, top) + across * pixel(left + 1, top)
            let lower = (1 - across) * pixel(left, top + 1) + across * pixel(left + 1, top + 1)
            return (1 - down) * upper + down * lower
        }
        let first = top * width + left
        let upper = pixels[first] + across * (pixels[first + 1] - pixels[first])
        let lower = pixels[first + width] + across * (pixels[first + width + 1] - pixels[first + width])
        return upper + down * (lower - upper)
    }

    private func pixel(_ x: Int, _ y: Int) -> SIMD4<Float> {
        guard 0..<width ~= x, 0..<height ~= y else { return .zero }
        return pixels[y * width + x]
    }
}
