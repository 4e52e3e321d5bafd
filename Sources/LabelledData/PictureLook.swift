// SPDX-License-Identifier: Apache-2.0
package import FundusImage

/// How a picture looks, small enough to compare every picture with every other: encoding it again or enlarging it hardly
/// changes its look.
///
/// A hash of 256 bits is the sieve: whether each cell of a 17×16 grid is brighter than its right neighbor (a difference
/// hash: N. Krawetz, “Kind of like that”, 2013). Fundus photographs resemble one another too much for a hash alone, so the
/// relief decides: a 56×56 grid of what each cell differs from its surroundings, compared by correlation. docs/training.md
/// has the figures behind the two limits.
package struct PictureLook: Sendable, Equatable {
    /// 256 bits.
    private let hash: [UInt64]
    /// [56 × 56], gray levels above the mean of the 5×5 cells around, at most 8 either way, in sixteenths.
    private let relief: [Int8]
    /// √Σ(relief − mean)².
    private let deviation: Double
    private let mean: Double

    private static let reliefSide = 56
    private static let columns = 17
    private static let rows = 16
    private static let mostDifferentBits = 24
    private static let leastCorrelation = 0.975

    /// - Parameter picture: of any size.
    package init(_ picture: RGBPicture) {
        hash = Self.hash(LuminanceGrid(picture, columns: Self.columns, rows: Self.rows))
        relief = LuminanceGrid(picture, columns: Self.reliefSide, rows: Self.reliefSide).relief()
        let mean = relief.reduce(0.0) { $0 + Double($1) } / Double(relief.count)
        self.mean = mean
        deviation = relief.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }.squareRoot()
    }

    private static func hash(_ grid: LuminanceGrid) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: rows * (columns - 1) / 64)
        var place = 0
        for row in 0..<rows {
            for column in 0..<columns - 1 {
                // Half a gray level: the black around the eye must not turn into noise.
                if grid[row, column] > grid[row, column + 1] + 0.5 { words[place / 64] |= 1 << (place % 64) }
                place += 1
            }
        }
        return words
    }

    /// Whether two pictures are one photograph, saved twice.
    package func isNearlyIdentical(to other: PictureLook) -> Bool {
        var differentBits = 0
        for place in hash.indices { differentBits += (hash[place] ^ other.hash[place]).nonzeroBitCount }
        return differentBits <= Self.mostDifferentBits && correlation(with: other) >= Self.leastCorrelation
    }

    /// −1…1; pictures without any relief are alike.
    private func correlation(with other: PictureLook) -> Double {
        let scale = deviation * other.deviation
        guard scale > 0 else { return deviation == other.deviation ? 1 : 0 }
        var sum: Int32 = 0
        for place in relief.indices { sum += Int32(relief[place]) * Int32(other.relief[place]) }
        return (Double(sum) - Double(relief.count) * mean * other.mean) / scale
    }
}

/// Mean luminance of the cells of a grid over a picture.
private struct LuminanceGrid {
    private let columns: Int
    private let rows: Int
    private var cells: [Float]

    init(_ picture: RGBPicture, columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = []
        cells.reserveCapacity(columns * rows)
        for row in 0..<rows {
            let y = Self.range(row, of: rows, length: picture.height)
            for column in 0..<columns {
                cells.append(Self.mean(picture, Self.range(column, of: columns, length: picture.width), y))
            }
        }
    }

    subscript(row: Int, column: Int) -> Float { cells[row * columns + column] }

    /// At least one pixel, where there are fewer than cells.
    private static func range(_ cell: Int, of count: Int, length: Int) -> Range<Int> {
        let start = cell * length / count
        return start..<max((cell + 1) * length / count, start + 1)
    }

    /// Rec. 601 luminance, 0…255.
    private static func mean(_ picture: RGBPicture, _ x: Range<Int>, _ y: Range<Int>) -> Float {
        var sum = 0
        for row in y {
            for column in x {
                let place = 3 * (row * picture.width + column)
                let (red, green) = (Int(picture.pixels[place]), Int(picture.pixels[place + 1]))
                sum += 299 * red + 587 * green + 114 * Int(picture.pixels[place + 2])
            }
        }
        return Float(sum) / Float(1000 * x.count * y.count)
    }

    /// What each cell differs from its surroundings, in sixteenths of a gray level.
    func relief() -> [Int8] {
        (0..<rows).flatMap { row in
            (0..<columns).map { column in
                let difference = self[row, column] - surroundings(row, column)
                // Cut off: the rim of the retina must not outweigh its vessels.
                return Int8((max(-7.9, min(7.9, difference)) * 16).rounded())
            }
        }
    }

    /// The mean of 5×5 cells, those at the edge repeated beyond it.
    private func surroundings(_ row: Int, _ column: Int) -> Float {
        var sum: Float = 0
        for y in row - 2...row + 2 {
            for x in column - 2...column + 2 {
                sum += self[min(max(y, 0), rows - 1), min(max(x, 0), columns - 1)]
            }
        }
        return sum / 25
    }
}
