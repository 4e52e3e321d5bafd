// SPDX-License-Identifier: Apache-2.0
// In: what a network of floats computes for photographs. Out: how large the values of each of its maps get.
// Called by ModelStore, when a model is taken in with photographs, or calibrated later.

/// How often values of each size occur in each map: counted by the upper half of a float, so to 1/128 of the size.
package struct ActivationHistogram: Sendable {
    private static let bins = 1 << 15
    private let names: [String]
    /// [map][bin]
    private var counts: [[Int]]
    /// Of inputs.
    package private(set) var images = 0

    /// Where a map's range ends.
    package enum Choice: Sendable, Equatable {
        case largest
        /// So large a part of all values lies below.
        case quantile(Double)
        /// What is cut off and what is rounded make the least sum of squares.
        case leastError

        /// What measured best: see `docs/numerics.md`.
        package static let calibrated = Choice.leastError
    }

    package init(_ layout: ResNet50Layout) {
        names = ActivationRanges.names(of: layout)
        counts = Array(repeating: Array(repeating: 0, count: Self.bins), count: names.count)
    }

    /// Counts one pass.
    package mutating func add(_ input: [Float], through network: ResNet50Inference) {
        network.observe(input) { map, values in if map < names.count { add(values, map: map) } }
        images += network.batchSize
    }

    /// Counts a map's values; zeros are exact in any range.
    package mutating func add(_ values: [Float], map: Int) {
        var counts = counts[map].mutableSpan
        for value in values where value > 0 { counts[Int(value.bitPattern >> 16) & 0x7fff] += 1 }
    }

    /// Each map's range for int8, chosen from what was counted so far.
    package func ranges(_ choice: Choice) -> ActivationRanges {
        ActivationRanges(largest: Dictionary(uniqueKeysWithValues: zip(names, counts.map { Self.end($0, choice) })))
    }

    /// A map that is zero everywhere gets a range all the same.
    private static func end(_ counts: [Int], _ choice: Choice) -> Float {
        guard let last = counts.lastIndex(where: { $0 > 0 }) else { return 1 }
        switch choice {
        case .largest: return upperEdge(last)
        case .quantile(let share): return upperEdge(quantile(counts, share))
        case .leastError: return leastError(counts, last)
        }
    }

    /// The least size that a bin leaves behind.
    private static func upperEdge(_ bin: Int) -> Float { Float(bitPattern: UInt32(bin + 1) << 16) }

    /// Of the values above zero.
    private static func quantile(_ counts: [Int], _ share: Double) -> Int {
        let all = Double(counts.reduce(0, +))
        var below = 0
        for (bin, count) in counts.enumerated() {
            below += count
            if Double(below) >= share * all { return bin }
        }
        return counts.count - 1
    }

    /// With the range's end c a value x below it is rounded to a step of c / 255, which makes (c / 255)² / 12 on average; one
    /// above it loses (x − c)².
    private static func leastError(_ counts: [Int], _ last: Int) -> Float {
        var best = (error: Double.infinity, end: upperEdge(last))
        var above = (count: 0.0, sum: 0.0, squares: 0.0)
        let all = Double(counts.reduce(0, +))
        for bin in stride(from: last, through: 0, by: -1) where counts[bin] > 0 || bin == last {
            let end = Double(upperEdge(bin))
            let cut = above.squares - 2 * end * above.sum + end * end * above.count
            let error = cut + (all - above.count) * end * end / (255 * 255 * 12)
            if error < best.error { best = (error, upperEdge(bin)) }
            let (count, value) = (Double(counts[bin]), Double(upperEdge(bin)))
            above = (above.count + count, above.sum + count * value, above.squares + count * value * value)
        }
        return best.end
    }
}
