// SPDX-License-Identifier: Apache-2.0
internal import Processor

/// Pillow's antialiased bilinear resize, fed row by row from the top: it holds one output picture, never the source.
///
/// A rectangle may be cut out of the source: its pixels beyond the frame are black, and black adds nothing to a sum, so the
/// windows just lose what lies there. Rows and columns that no window has are never looked at.
///
/// Each source row is resampled across at once and rounded to 8 bits (Pillow's intermediate), then added, weighted,
/// to the sums of the output rows whose windows it lies in. Integer sums do not depend on their order, so the
/// result equals the two-pass resize to the bit. An axis that keeps its length has windows of one sample with weight 1,
/// which change nothing; Pillow skips that pass. Memory: 19 bytes an output pixel.
struct StreamingResizer {
    private let target: (width: Int, height: Int)
    private let across: RowResampler
    private let down: ResamplingWeights
    /// Source rows of four samples a pixel: how many must be given at once, and the bytes from one to the next, at least.
    static let rowsAtOnce = RowResampler.rowsAtOnce
    let pitch: Int
    private let sourceHeight: Int
    private var narrowedRows: [UInt8]
    /// [height × width × 4], fixed point.
    private var sums: [Int32]
    private var pixels: [UInt8]
    private var sourceRow = 0
    /// Output rows above this one are complete.
    private var firstOpenRow = 0

    /// - Parameters:
    ///   - source: Pixels of the whole picture.
    ///   - rectangle: What of the source becomes the output, in the source's pixels; nil for all of it.
    ///   - shrinkage: What has been done to the rows that will be given: their picture has the source's sides over it,
    ///     rounded up, and the resize takes the rest into account.
    init(
        from source: (width: Int, height: Int), cutting rectangle: PictureRectangle? = nil,
        shrunk shrinkage: DecodeShrinkage = .none, to target: (width: Int, height: Int),
        on instructionSet: InstructionSet
    ) {
        self.target = target
        let rectangle = rectangle ?? PictureRectangle(wholeOf: source)
        let width = shrinkage.side(of: source.width)
        sourceHeight = shrinkage.side(of: source.height)
        let columns = ResamplingWeights(
            from: width, cutting: shrinkage.cut(from: rectangle.x, length: rectangle.width), to: target.width)
        across = RowResampler(columns, inputCount: width, on: instructionSet)
        down = ResamplingWeights(
            from: sourceHeight, cutting: shrinkage.cut(from: rectangle.y, length: rectangle.height), to: target.height)
        pitch = across.inputPitch
        narrowedRows = [UInt8](repeating: 0, count: Self.rowsAtOnce * across.outputCount)
        sums = [Int32](repeating: ResamplingWeights.half, count: target.height * across.outputCount)
        pixels = [UInt8](repeating: 0, count: target.width * target.height * 3)
        closeRows(endingBy: 0)
    }

    /// Takes the next source rows, as far apart as each is long; of the last ones, what lies below the picture does not matter.
    mutating func add(_ rows: Span<UInt8>) {
        if isLookedAt(sourceRow..<sourceRow + Self.rowsAtOnce) { across.narrow(rows, into: &narrowedRows) }
        for row in 0..<min(Self.rowsAtOnce, sourceHeight - sourceRow) {
            accumulate(row)
            sourceRow += 1
        }
    }

    /// The picture, once every source row has been added.
    consuming func finish() -> RGBPicture {
        precondition(firstOpenRow == target.height, "every source row was added")
        return RGBPicture(width: target.width, height: target.height, pixels: pixels)
    }

    private mutating func accumulate(_ row: Int) {
        let count = across.outputCount
        for y in firstOpenRow..<target.height {
            let window = down.windows[y]
            if window.first > sourceRow { break }
            let weight = down.fixedPoint[window.weights.lowerBound + sourceRow - window.first]
            across.accumulate(narrowedRows, from: row * count, weight: weight, into: &sums, at: y * count)
        }
        closeRows(endingBy: sourceRow + 1)
    }

    /// Whether any of these source rows lies in the window of an open output row.
    private func isLookedAt(_ rows: Range<Int>) -> Bool {
        firstOpenRow < target.height && down.windows[firstOpenRow].first < rows.upperBound
    }

    /// Rounds the output rows whose windows end before a source row.
    private mutating func closeRows(endingBy end: Int) {
        while firstOpenRow < target.height, down.windows[firstOpenRow].end <= end {
            Self.round(sums, into: &pixels, from: firstOpenRow * target.width, count: target.width)
            firstOpenRow += 1
        }
    }

    /// Four sums a pixel to three samples.
    private static func round(_ sums: [Int32], into pixels: inout [UInt8], from first: Int, count: Int) {
        let sums = sums.span
        var pixels = pixels.mutableSpan
        for pixel in first..<first + count {
            for channel in 0..<3 {
                let sum = sums[pixel * RowResampler.samplesPerPixel + channel]
                pixels[3 * pixel + channel] = ResamplingWeights.sample(sum)
            }
        }
    }
}
