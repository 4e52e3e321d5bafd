// SPDX-License-Identifier: Apache-2.0
/// One value a pixel, rows from the top.
struct Plane: Sendable {
    let width: Int
    let height: Int
    let values: [Float]

    init(width: Int, height: Int, values: [Float]) {
        precondition(values.count == width * height, "one value a pixel")
        self.width = width
        self.height = height
        self.values = values
    }

    /// One value computed from each pixel's red, green and blue.
    init(of picture: RGBPicture, _ value: (Float, Float, Float) -> Float) {
        let pixels = picture.pixels
        var values = [Float](repeating: 0, count: pixels.count / 3)
        for i in values.indices {
            values[i] = value(Float(pixels[3 * i]), Float(pixels[3 * i + 1]), Float(pixels[3 * i + 2]))
        }
        self.init(width: picture.width, height: picture.height, values: values)
    }

    func map(_ transform: (Float) -> Float) -> Plane {
        Plane(width: width, height: height, values: values.map(transform))
    }

    subscript(x: Int, y: Int) -> Float { values[y * width + x] }

    /// The mean over the square of `2 × radius + 1` a side around each pixel; what lies outside counts as zero.
    ///
    /// Sums slide: a row enters and a row leaves the column sums, a column enters and one leaves the square's sum.
    func boxMean(radius: Int) -> Plane {
        let area = Float((2 * radius + 1) * (2 * radius + 1))
        var columnSums = [Float](repeating: 0, count: width)
        var means = [Float](repeating: 0, count: values.count)
        for y in -radius..<height {
            if y + radius < height { addRow(y + radius, to: &columnSums, weight: 1) }
            if y - radius > 0 { addRow(y - radius - 1, to: &columnSums, weight: -1) }
            guard y >= 0 else { continue }
            var sum: Float = 0
            for x in -radius..<width {
                if x + radius < width { sum += columnSums[x + radius] }
                if x - radius > 0 { sum -= columnSums[x - radius - 1] }
                if x >= 0 { means[y * width + x] = sum / area }
            }
        }
        return Plane(width: width, height: height, values: means)
    }

    /// The value, rounded down to a quarter, that `share` (0…1) of the pixels do not exceed; values are 0…255.
    func quantile(_ share: Double) -> Float {
        var counts = [Int](repeating: 0, count: 4 * 256)
        for value in values { counts[Int(min(max(value, 0), 255) * 4)] += 1 }
        var remaining = Int(share * Double(values.count))
        for (quarter, count) in counts.enumerated() {
            if remaining < count { return Float(quarter) / 4 }
            remaining -= count
        }
        return 255
    }

    private func addRow(_ y: Int, to sums: inout [Float], weight: Float) {
        for x in 0..<width { sums[x] += weight * values[y * width + x] }
    }
}
