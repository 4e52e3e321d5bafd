// SPDX-License-Identifier: Apache-2.0
/// A line of text inside a JPEG file, for whoever finds the picture without what came with it.
package enum JPEGComment {
    /// The file with a COM segment more (ITU-T T.81, B.2.4.5).
    ///
    /// - Parameter jpeg: as `JPEGEncoder` writes it: the JFIF segment comes first, and must stay first.
    package static func adding(_ text: String, to jpeg: [UInt8]) -> [UInt8] {
        let words = Array(text.utf8.prefix(largestLength))
        let place = endOfFirstSegment(jpeg)
        let length = words.count + 2
        let segment = [0xFF, 0xFE, UInt8(length >> 8), UInt8(length & 0xFF)] + words
        return jpeg[..<place] + segment + jpeg[place...]
    }

    /// A segment's length has 16 bits and counts itself.
    private static let largestLength = 65_533

    private static func endOfFirstSegment(_ jpeg: [UInt8]) -> Int {
        precondition(jpeg.count > 6 && jpeg[0] == 0xFF && jpeg[1] == 0xD8, "a file begins with its start of image")
        guard jpeg[2] == 0xFF, jpeg[3] == 0xE0 else { return 2 }
        return 4 + Int(jpeg[4]) << 8 + Int(jpeg[5])
    }
}
