// SPDX-License-Identifier: Apache-2.0
/// Strips along a picture's edges that no camera took: an information line, a frame of paper. White or gray, with or without
/// writing, and ending at once; black ones need no finding, they are as the surround of a retina.
struct EdgeStrips: Equatable {
    /// Rows or columns from each edge inwards, the one included in which the strip ends; 0 where there is none.
    let left: Int
    let top: Int
    let right: Int
    let bottom: Int

    /// What a strip is, in lines from an edge inwards. A retina that the frame cuts is neither gray nor ends at once.
    private enum Limit {
        /// Of the picture's side: wider ones are a part of the picture.
        static let share = 0.25
        static let darkest: UInt8 = 60
        /// From the smallest to the largest of red, green and blue.
        static let tint: UInt8 = 24
        /// Counts between a sample and the line's median of that color.
        static let tolerance = 14
        /// Of a line's pixels, the rest being writing.
        static let uniformShare = 0.5
        /// Counts from the strip down to what it ends at.
        static let step = 40
    }

    init(in picture: RGBPicture) {
        let (width, height) = (picture.width, picture.height)
        func column(_ x: Int) -> Line { Line((0..<height).map { 3 * ($0 * width + x) }, in: picture) }
        func row(_ y: Int) -> Line { Line((0..<width).map { 3 * (y * width + $0) }, in: picture) }
        left = Self.thickness(of: width) { column($0) }
        top = Self.thickness(of: height) { row($0) }
        right = Self.thickness(of: width) { column(width - 1 - $0) }
        bottom = Self.thickness(of: height) { row(height - 1 - $0) }
    }

    var isEmpty: Bool { left + top + right + bottom == 0 }

    /// What lies between them, in a picture of that size.
    func inner(of size: (width: Int, height: Int)) -> PictureRectangle {
        PictureRectangle(
            x: left, y: top, width: size.width - left - right, height: size.height - top - bottom)
    }

    private static func thickness(of side: Int, _ line: (Int) -> Line) -> Int {
        let most = Int((Double(side) * Limit.share).rounded(.up))
        var level: Int?
        for place in 0..<most {
            let here = line(place)
            if here.isOfStrip {
                level = here.brightness
                continue
            }
            guard let level else { return 0 }
            // The line in which it ends may hold some of both.
            let behind = line(min(place + 1, side - 1))
            return level - behind.brightness > Limit.step ? place + 1 : 0
        }
        return 0
    }

    /// One row or column.
    private struct Line {
        /// The largest of the medians of red, green and blue.
        let brightness: Int
        let isOfStrip: Bool

        /// - Parameter starts: where each of its pixels begins among the picture's samples.
        init(_ starts: [Int], in picture: RGBPicture) {
            let median = (0..<3).map { channel in Self.median(starts.map { picture.pixels[$0 + channel] }) }
            let largest = median.max() ?? 0
            brightness = Int(largest)
            guard largest > Limit.darkest, largest - (median.min() ?? 0) <= Limit.tint else {
                isOfStrip = false
                return
            }
            let uniform = starts.count { start in
                (0..<3).allSatisfy {
                    abs(Int(picture.pixels[start + $0]) - Int(median[$0])) <= Limit.tolerance
                }
            }
            isOfStrip = Double(uniform) >= Limit.uniformShare * Double(starts.count)
        }

        /// The upper one of two.
        private static func median(_ samples: [UInt8]) -> UInt8 { samples.sorted()[samples.count / 2] }
    }
}
