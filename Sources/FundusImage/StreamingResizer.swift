/// Pillow's antialiased bilinear resize, fed row by row from the top: it holds one output picture, never the source.
///
/// Each source row is resampled across at once and rounded to 8 bits (Pillow's intermediate), then added, weighted,
/// to the accumulators of the output rows whose windows it lies in. Integer sums do not depend on their order, so the
/// result equals the two-pass resize to the bit. Memory: 5 bytes an output sample.
struct StreamingResizer {
    private let target: (width: Int, height: Int)
    /// nil where the axis keeps its length: Pillow skips that pass.
    private let across: ResamplingWeights?
    private let down: ResamplingWeights?
    private var narrowedRow: [UInt8]
    /// [height × width × 3], fixed point.
    private var accumulators: [Int32]
    private var pixels: [UInt8]
    private var sourceRow = 0
    /// Output rows above this one are complete.
    private var firstOpenRow = 0

    init(from source: (width: Int, height: Int), to target: (width: Int, height: Int)) {
        self.target = target
        across = source.width == target.width ? nil : ResamplingWeights(from: source.width, to: target.width)
        down = source.height == target.height ? nil : ResamplingWeights(from: source.height, to: target.height)
        let sampleCount = target.width * target.height * 3
        narrowedRow = [UInt8](repeating: 0, count: target.width * 3)
        accumulators = down == nil ? [] : [Int32](repeating: ResamplingWeights.half, count: sampleCount)
        pixels = [UInt8](repeating: 0, count: sampleCount)
    }

    /// Takes the next source row: interleaved RGB.
    mutating func add(_ row: Span<UInt8>) {
        narrow(row)
        if let down {
            accumulate(down)
        } else {
            for i in narrowedRow.indices { pixels[sourceRow * narrowedRow.count + i] = narrowedRow[i] }
        }
        sourceRow += 1
    }

    /// The picture, once every source row has been added.
    consuming func finish() -> RGBPicture {
        precondition(down == nil || firstOpenRow == target.height, "every source row was added")
        return RGBPicture(width: target.width, height: target.height, pixels: pixels)
    }

    private mutating func narrow(_ row: Span<UInt8>) {
        guard let across else {
            for i in narrowedRow.indices { narrowedRow[i] = row[i] }
            return
        }
        let fixedPoint = across.fixedPoint.span
        var narrowed = narrowedRow.mutableSpan
        for (x, window) in across.windows.enumerated() {
            // A weight is below 2²³ and the weights of a window sum to about 2²², so that the sum fits 31 bits.
            var red = ResamplingWeights.half
            var green = red
            var blue = red
            var i = window.first * 3
            for tap in window.weights {
                let weight = fixedPoint[tap]
                red &+= Int32(row[i]) &* weight
                green &+= Int32(row[i &+ 1]) &* weight
                blue &+= Int32(row[i &+ 2]) &* weight
                i &+= 3
            }
            narrowed[3 * x] = ResamplingWeights.sample(red)
            narrowed[3 * x + 1] = ResamplingWeights.sample(green)
            narrowed[3 * x + 2] = ResamplingWeights.sample(blue)
        }
    }

    private mutating func accumulate(_ down: ResamplingWeights) {
        let stride = narrowedRow.count
        var y = firstOpenRow
        while y < target.height, down.windows[y].first <= sourceRow {
            let window = down.windows[y]
            let weight = down.fixedPoint[window.weights.lowerBound + sourceRow - window.first]
            addNarrowedRow(to: y * stride, weight: weight)
            if window.end == sourceRow + 1 {
                close(y * stride..<(y + 1) * stride)
                firstOpenRow = y + 1
            }
            y += 1
        }
    }

    private mutating func addNarrowedRow(to offset: Int, weight: Int32) {
        let narrowedRow = narrowedRow  // a reference, so that both spans may live at once
        let row = narrowedRow.span
        var sums = accumulators.mutableSpan
        for i in row.indices { sums[offset &+ i] &+= Int32(row[i]) &* weight }
    }

    private mutating func close(_ samples: Range<Int>) {
        for i in samples { pixels[i] = ResamplingWeights.sample(accumulators[i]) }
    }
}
