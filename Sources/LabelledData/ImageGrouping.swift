// SPDX-License-Identifier: Apache-2.0
/// Which images belong together, so that none of a group trains while another measures.
///
/// Images are of one group when their person is the same, their content is, or they look like one photograph saved twice;
/// and so is whatever that links in a chain.
package struct ImageGrouping: Sendable {
    /// The group of each image, counted from 0 in the order of the images.
    package let groups: [Int]
    package let groupCount: Int
    /// Pairs that are together for their look alone.
    package let nearlyIdenticalPairs: Int

    /// Compares every look with every other: n² quick steps.
    package init(_ images: [LabelledImage]) {
        var forest = DisjointSets(count: images.count)
        forest.joinEqual(images.map(\.person))
        forest.joinEqual(images.map { Optional($0.sha256) })
        var pairs = 0
        for place in images.indices {
            for other in images.indices.dropFirst(place + 1) {
                guard images[place].look.isNearlyIdentical(to: images[other].look) else { continue }
                if forest.join(place, other) { pairs += 1 }
            }
        }
        nearlyIdenticalPairs = pairs
        (groups, groupCount) = forest.numbered()
    }
}

/// Sets that are joined until no more can be (Galler and Fischer, 1964), with halved paths.
private struct DisjointSets {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    private mutating func root(_ place: Int) -> Int {
        var place = place
        while parents[place] != place {
            parents[place] = parents[parents[place]]
            place = parents[place]
        }
        return place
    }

    /// - Returns: whether they were apart before.
    @discardableResult
    mutating func join(_ one: Int, _ other: Int) -> Bool {
        let (low, high) = (min(root(one), root(other)), max(root(one), root(other)))
        parents[high] = low
        return low != high
    }

    mutating func joinEqual(_ names: [String?]) {
        var first: [String: Int] = [:]
        for (place, name) in names.enumerated() {
            guard let name else { continue }
            if let earlier = first[name] { join(earlier, place) } else { first[name] = place }
        }
    }

    mutating func numbered() -> (groups: [Int], count: Int) {
        var numbers: [Int: Int] = [:]
        let groups = parents.indices.map { place in
            let root = root(place)
            let number = numbers[root] ?? numbers.count
            numbers[root] = number
            return number
        }
        return (groups, numbers.count)
    }
}
