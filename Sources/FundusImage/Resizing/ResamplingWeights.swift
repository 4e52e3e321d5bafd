// SPDX-License-Identifier: Apache-2.0
/// Which input samples make each output sample along one axis, and by how much: Pillow's antialiased bilinear filter.
///
/// A triangle as wide as two output samples (never narrower than two input samples) stands over each output center;
/// its values at the input centers are normalized to sum 1, then rounded to fixed point with 22 fraction bits
/// (32 − 8 bits of sample − 2 bits of headroom). Source: behavior of Pillow's `Resample.c`, checked by golden files.
struct ResamplingWeights {
    static let fractionBits = 32 - 8 - 2
    /// One half in fixed point: what an accumulator starts from, so that the final shift rounds.
    static let half = Int32(1) << (fractionBits - 1)

    struct Window {
        /// Index of the first input sample.
        let first: Int
        /// Where the window's weights lie in `fixedPoint`.
        let weights: Range<Int>

        /// One past the last input sample.
        var end: Int { first + weights.count }
    }

    /// One window for each output sample; `first` and `end` never decrease. A window is empty where the output sample sees
    /// nothing of the frame.
    let windows: [Window]
    /// The normalized weights of all windows, one after another.
    let fixedPoint: [Int32]

    init(from inputCount: Int, to outputCount: Int) {
        self.init(from: inputCount, covering: Double(inputCount), to: outputCount)
    }

    /// - Parameter extent: The length of the axis in input samples, where the last one covers a part of its place only: 999
    ///   pixels at half size are 500 samples for a length of 499.5.
    init(from inputCount: Int, covering extent: Double, to outputCount: Int) {
        precondition(
            extent > Double(inputCount - 1) && extent <= Double(inputCount), "the last sample covers something")
        self.init(from: inputCount, cutting: AxisCut(offset: 0, length: extent), to: outputCount)
    }

    /// The weights of a stretch of the axis, as if its samples beyond the frame were there and black: they take their part
    /// of each sum of weights, and are left out then.
    init(from inputCount: Int, cutting cut: AxisCut, to outputCount: Int) {
        precondition(inputCount > 0 && outputCount > 0, "an axis has at least one sample")
        let scale = cut.length / Double(outputCount)
        let reach = max(scale, 1)
        var windows: [Window] = []
        var weights: [Double] = []
        for output in 0..<outputCount {
            // Places are counted from the stretch's first sample on.
            let center = cut.start + (Double(output) + 0.5) * scale
            let first = max(Int(center - reach + 0.5), 0)
            let end = min(Int(center + reach + 0.5), cut.sampleCount)
            // The order of operations is Pillow's: another one may round a weight differently.
            let triangle = (0..<end - first).map { tap in
                max(1 - abs((Double(tap + first) - center + 0.5) * (1 / reach)), 0)
            }
            let sum = triangle.reduce(0, +)
            let firstSeen = min(max(first + cut.offset, 0), inputCount)
            let endSeen = max(min(end + cut.offset, inputCount), firstSeen)
            windows.append(Window(first: firstSeen, weights: weights.count..<weights.count + endSeen - firstSeen))
            let unseen = max(firstSeen - cut.offset - first, 0)
            weights += triangle.dropFirst(unseen).prefix(endSeen - firstSeen).map {
                sum == 0 ? $0 : $0 / sum
            }
        }
        self.windows = windows
        fixedPoint = weights.map { Int32(0.5 + $0 * Double(1 << Self.fractionBits)) }
    }

    /// Rounds and clips an accumulator that started from `half`.
    static func sample(_ accumulator: Int32) -> UInt8 {
        UInt8(clamping: accumulator >> Int32(fractionBits))
    }
}
