// SPDX-License-Identifier: Apache-2.0
/// The lit part of a picture: in a fundus photograph a disc (an ellipse once it is squeezed into a square) on black.
struct FieldOfView: Sendable {
    /// 1 inside, 0 outside.
    let mask: Plane
    /// The smallest rectangle around the lit pixels, a few stray ones aside; nil when nothing is lit.
    let box: (columns: ClosedRange<Int>, rows: ClosedRange<Int>)?

    /// - Parameter brightness: The largest of red, green and blue: a dark red retina is lit too.
    init(brightness: Plane) {
        let surround = Self.cornerLevel(of: brightness)
        let threshold = surround + max(8, 0.08 * (brightness.quantile(0.99) - surround))
        mask = brightness.map { $0 > threshold ? 1 : 0 }
        box = Self.box(around: mask)
    }

    /// Lit pixels over all pixels.
    var area: Double { Double(mask.values.reduce(0, +)) / Double(mask.values.count) }

    /// Lit pixels over the pixels between the first and the last lit one of each row: 1 for every convex shape.
    var solidity: Double {
        var hull = 0
        for y in 0..<mask.height {
            let lit = (0..<mask.width).filter { mask[$0, y] > 0 }
            if let first = lit.first, let last = lit.last { hull += last - first + 1 }
        }
        return Double(mask.values.reduce(0, +)) / Double(max(hull, 1))
    }

    /// How many corners of the box are unlit: 4 for an ellipse, also one that the frame cuts; 0 for a rectangle.
    var unlitCorners: Int {
        guard let box else { return 0 }
        let width = max(box.columns.count / Self.cornerFraction, 1)
        let height = max(box.rows.count / Self.cornerFraction, 1)
        let columns = [box.columns.prefix(width), box.columns.suffix(width)]
        let rows = [box.rows.prefix(height), box.rows.suffix(height)]
        return columns.reduce(0) { count, columns in
            count + rows.filter { rows in litShare(columns, rows) < 0.5 }.count
        }
    }

    /// The pixels at least `margin` inside the field and the frame.
    func core(margin: Int) -> [Int] {
        let nearby = mask.boxMean(radius: margin).values
        return nearby.indices.filter { nearby[$0] > 0.9999 }
    }

    /// A corner of the box is this fraction of its side.
    private static let cornerFraction = 24

    /// What the black around the field looks like.
    static func cornerLevel(of plane: Plane) -> Float {
        let side = max(min(plane.width, plane.height) / cornerFraction, 1)
        let columns = [0..<side, plane.width - side..<plane.width]
        let rows = [0..<side, plane.height - side..<plane.height]
        let levels = columns.flatMap { columns in
            rows.map { rows in mean(of: plane, columns, rows) }
        }
        // The second darkest: a date stamp or a reflex may light one or two corners.
        let corner = levels.sorted()[1]
        // Marks in all corners: the surround is what is darkest then.
        let darkest = plane.quantile(darkShare)
        return corner > darkest + markLevel ? darkest : corner
    }

    /// Of a picture's pixels, less than any surround has.
    private static let darkShare = 0.02
    /// Counts by which a corner with a mark is brighter than the surround, and one without is not.
    private static let markLevel: Float = 40

    private static func mean(of plane: Plane, _ columns: Range<Int>, _ rows: Range<Int>) -> Float {
        var sum: Float = 0
        for y in rows {
            for x in columns { sum += plane[x, y] }
        }
        return sum / Float(columns.count * rows.count)
    }

    private func litShare(_ columns: ClosedRange<Int>.SubSequence, _ rows: ClosedRange<Int>.SubSequence) -> Float {
        var lit: Float = 0
        for y in rows {
            for x in columns { lit += mask[x, y] }
        }
        return lit / Float(columns.count * rows.count)
    }

    private static func box(around mask: Plane) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
        var columnCounts = [Float](repeating: 0, count: mask.width)
        var rowCounts = [Float](repeating: 0, count: mask.height)
        for y in 0..<mask.height {
            for x in 0..<mask.width {
                columnCounts[x] += mask[x, y]
                rowCounts[y] += mask[x, y]
            }
        }
        // A line with fewer lit pixels than this holds noise only.
        let least = Float(max(mask.width, mask.height)) / 50
        guard let left = columnCounts.firstIndex(where: { $0 > least }),
            let right = columnCounts.lastIndex(where: { $0 > least }),
            let top = rowCounts.firstIndex(where: { $0 > least }),
            let bottom = rowCounts.lastIndex(where: { $0 > least })
        else { return nil }
        return (left...right, top...bottom)
    }
}
