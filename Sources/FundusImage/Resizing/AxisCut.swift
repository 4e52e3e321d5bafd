// SPDX-License-Identifier: Apache-2.0
/// A stretch of one axis of a picture, in samples; it may begin between two of them and reach beyond the frame.
struct AxisCut {
    /// Index of the first sample that the stretch touches; negative where that lies before the frame.
    let offset: Int
    /// Where the stretch begins in that sample, 0 ..< 1.
    let start: Double
    /// In samples.
    let length: Double

    init(offset: Int, start: Double = 0, length: Double) {
        precondition(0..<1 ~= start && length > 0, "a stretch begins in its first sample")
        self.offset = offset
        self.start = start
        self.length = length
    }

    /// Samples that the stretch touches; the last one may be covered in part only, as the first.
    var sampleCount: Int { Int((start + length).rounded(.up)) }
}

extension DecodeShrinkage {
    /// What libjpeg makes of a side: the last pixel may be computed from samples beyond the picture's edge.
    func side(of length: Int) -> Int { (length + rawValue - 1) / rawValue }

    /// The side in pixels of the shrunk picture, exactly.
    func extent(of length: Int) -> Double { Double(length) / Double(rawValue) }

    /// `length` pixels of the source from `first` on, in pixels of the shrunk picture.
    func cut(from first: Int, length: Int) -> AxisCut {
        // Rounds toward minus infinity, as a shift does.
        let offset = first >> rawValue.trailingZeroBitCount
        return AxisCut(offset: offset, start: extent(of: first - offset * rawValue), length: extent(of: length))
    }
}
