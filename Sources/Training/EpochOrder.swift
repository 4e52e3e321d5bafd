// SPDX-License-Identifier: Apache-2.0
internal import ResNet

/// One image's turn in an epoch.
package struct ImageDraw: Sendable, Hashable {
    package let image: Int
    /// Counted from 0.
    package let epoch: Int
    /// How often the epoch has had the image before: it is altered anew each time.
    package let repetition: Int
    /// Whether the picture is damaged this time, so that no one could judge it.
    package let isDamaged: Bool
}

/// Which images an epoch takes, and in which order: from the seed and the epoch alone.
///
/// The random numbers are our own, since the standard library's may change with the compiler, and a resumed training must not.
enum EpochOrder {
    /// As many draws as there are images.
    ///
    /// - Parameter damageShare: of the gradable pictures' draws, those that damage them.
    static func draws(
        _ targets: [TrainingTarget], _ draw: Recipe.Draw, damageShare: Double = 0, epoch: Int, seed: UInt64
    ) -> [ImageDraw] {
        let images =
            switch draw {
            case .shuffled: places(count: targets.count, epoch: epoch, seed: seed)
            case .balanced: balanced(targets, epoch: epoch, seed: seed)
            }
        var before = [Int](repeating: 0, count: targets.count)
        return images.map { image in
            defer { before[image] += 1 }
            var stream = SplitMix64(name: "damage of \(image) in epoch \(epoch), \(before[image])", seed: seed)
            return ImageDraw(
                image: image, epoch: epoch, repetition: before[image],
                isDamaged: targets[image].isGradable && Double(stream.next() >> 11) * 0x1p-53 < damageShare)
        }
    }

    /// All places in a random order.
    static func places(count: Int, epoch: Int, seed: UInt64) -> [Int] {
        var stream = SplitMix64(name: "order of epoch \(epoch)", seed: seed)
        return shuffled(Array(0..<count), using: &stream)
    }

    /// Every class of a source equally often, and sources by the square root of how many images each has.
    ///
    /// Of a large source's class an epoch takes a part, another each time; a small one's comes several times.
    static func balanced(_ targets: [TrainingTarget], epoch: Int, seed: UInt64) -> [Int] {
        let cells = cells(targets)
        let quotas = apportioned(targets.count, by: cells.map(\.weight))
        var drawn: [Int] = []
        for (number, (cell, quota)) in zip(cells, quotas).enumerated() {
            var stream = SplitMix64(name: "cell \(number) of epoch \(epoch)", seed: seed)
            var left = quota
            while left > 0 {
                let part = shuffled(cell.images, using: &stream).prefix(left)
                drawn += part
                left -= part.count
            }
        }
        var stream = SplitMix64(name: "order of epoch \(epoch)", seed: seed)
        return shuffled(drawn, using: &stream)
    }

    /// The images of one class of one source, and how often they are to come beside the others.
    private struct Cell {
        let images: [Int]
        let weight: Double
    }

    /// Sources by name, classes in a fixed order; none is empty.
    private static func cells(_ targets: [TrainingTarget]) -> [Cell] {
        let sources = Dictionary(grouping: targets.indices) { targets[$0].source ?? "" }
        return sources.sorted { $0.key < $1.key }.flatMap { _, images in
            let classes = Dictionary(grouping: images) { targets[$0].classNumber }.sorted { $0.key < $1.key }
            let weight = Double(images.count).squareRoot() / Double(classes.count)
            return classes.map { Cell(images: $0.value, weight: weight) }
        }
    }

    /// Divides a number in proportion to weights: whole parts first, the rest to the largest remainders (A. Hamilton, 1792).
    static func apportioned(_ total: Int, by weights: [Double]) -> [Int] {
        let sum = weights.reduce(0, +)
        let exact = weights.map { Double(total) * $0 / sum }
        var parts = exact.map { Int($0) }
        let byRemainder = exact.indices.sorted {
            let (one, other) = (exact[$0] - Double(parts[$0]), exact[$1] - Double(parts[$1]))
            return one == other ? $0 < $1 : one > other
        }
        for place in byRemainder.prefix(total - parts.reduce(0, +)) { parts[place] += 1 }
        return parts
    }

    /// Fisher and Yates, as Durstenfeld has it (CACM 7, 1964).
    private static func shuffled(_ places: [Int], using stream: inout SplitMix64) -> [Int] {
        var places = places
        for last in places.indices.dropFirst().reversed() {
            // The high half of a product with a 64-bit number is uniform up to 2⁻⁶⁴ of the bound (Lemire, 2019).
            let other = Int(stream.next().multipliedFullWidth(by: UInt64(last) + 1).high)
            places.swapAt(last, other)
        }
        return places
    }
}

extension TrainingTarget {
    /// Disease, normal, gradable with nothing else known, ungradable.
    fileprivate var classNumber: Int {
        if !isGradable { return 3 }
        return isDisease.map { $0 ? 0 : 1 } ?? 2
    }
}
