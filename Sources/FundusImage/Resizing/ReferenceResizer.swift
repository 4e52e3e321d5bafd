// SPDX-License-Identifier: Apache-2.0
/// The resize written for reading: both passes over the whole picture, in exact integers. Tests hold
/// `StreamingResizer` to it.
enum ReferenceResizer {
    /// Horizontal pass, rounded to 8 bits, then vertical pass; a pass that changes nothing is skipped, as in Pillow.
    static func resize(_ picture: RGBPicture, to size: (width: Int, height: Int)) -> RGBPicture {
        let narrowed = picture.width == size.width ? picture : resizeRows(of: picture, to: size.width)
        guard picture.height != size.height else { return narrowed }
        return transpose(resizeRows(of: transpose(narrowed), to: size.height))
    }

    /// The same of a rectangle, which is cut out first, black where it reaches beyond the frame.
    static func resize(
        _ picture: RGBPicture, cutting rectangle: PictureRectangle, to size: (width: Int, height: Int)
    ) -> RGBPicture {
        resize(cut(rectangle, from: picture), to: size)
    }

    static func cut(_ rectangle: PictureRectangle, from picture: RGBPicture) -> RGBPicture {
        var pixels: [UInt8] = []
        for y in rectangle.y..<rectangle.y + rectangle.height {
            for x in rectangle.x..<rectangle.x + rectangle.width {
                let isInFrame = 0..<picture.width ~= x && 0..<picture.height ~= y
                let place = (y * picture.width + x) * 3
                pixels += isInFrame ? picture.pixels[place..<place + 3] : [0, 0, 0]
            }
        }
        return RGBPicture(width: rectangle.width, height: rectangle.height, pixels: pixels)
    }

    /// The same of a stretch of each axis, which may begin and end within a pixel, all of whose pixels are there.
    static func resize(
        _ picture: RGBPicture, cutting stretch: (across: AxisCut, down: AxisCut), to size: (width: Int, height: Int)
    ) -> RGBPicture {
        let narrowed = resizeRows(of: picture, cutting: stretch.across, to: size.width)
        return transpose(resizeRows(of: transpose(narrowed), cutting: stretch.down, to: size.height))
    }

    /// The same of a picture whose last column and row may reach beyond what it covers.
    static func resize(
        _ picture: RGBPicture, covering extent: (width: Double, height: Double), to size: (width: Int, height: Int)
    ) -> RGBPicture {
        resize(
            picture, cutting: (AxisCut(offset: 0, length: extent.width), AxisCut(offset: 0, length: extent.height)),
            to: size)
    }

    private static func resizeRows(of picture: RGBPicture, cutting cut: AxisCut? = nil, to width: Int) -> RGBPicture {
        let weights = ResamplingWeights(
            from: picture.width, cutting: cut ?? AxisCut(offset: 0, length: Double(picture.width)), to: width)
        var pixels: [UInt8] = []
        for y in 0..<picture.height {
            for window in weights.windows {
                for channel in 0..<3 {
                    var sum = Int(ResamplingWeights.half)
                    for (x, tap) in zip(window.first..<window.end, window.weights) {
                        let sample = Int(picture.pixels[(y * picture.width + x) * 3 + channel])
                        sum += sample * Int(weights.fixedPoint[tap])
                    }
                    pixels.append(UInt8(clamping: sum >> ResamplingWeights.fractionBits))
                }
            }
        }
        return RGBPicture(width: width, height: picture.height, pixels: pixels)
    }

    private static func transpose(_ picture: RGBPicture) -> RGBPicture {
        var pixels: [UInt8] = []
        for x in 0..<picture.width {
            for y in 0..<picture.height {
                let offset = (y * picture.width + x) * 3
                pixels += picture.pixels[offset..<offset + 3]
            }
        }
        return RGBPicture(width: picture.height, height: picture.width, pixels: pixels)
    }
}
