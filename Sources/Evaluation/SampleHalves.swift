// SPDX-License-Identifier: Apache-2.0
/// The images divided into two halves, each person wholly in one of them.
package struct SampleHalves: Sendable, Equatable {
    /// For each sample, whether it is in the first half.
    package let isFirst: [Bool]
    /// Nil where the half is empty, as with a single person.
    package let first: ScoredSamples?
    package let second: ScoredSamples?

    /// Deals out the groups in a random order, those with disease first, so that both halves get about as much of it.
    package init(_ samples: ScoredSamples, using generator: inout some RandomNumberGenerator) {
        var groups = Array(Set(samples.groups)).sorted()
        for place in groups.indices.dropFirst() {
            groups.swapAt(place, RandomPlace.below(place + 1, using: &generator))
        }
        let ill = Set(samples.groups.indices.filter { samples.isDisease[$0] }.map { samples.groups[$0] })
        let dealt = groups.filter { ill.contains($0) } + groups.filter { !ill.contains($0) }
        let firstGroups = Set(dealt.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
        isFirst = samples.groups.map { firstGroups.contains($0) }
        first = Self.part(samples, isFirst, true)
        second = Self.part(samples, isFirst, false)
    }

    private static func part(_ samples: ScoredSamples, _ isFirst: [Bool], _ wanted: Bool) -> ScoredSamples? {
        let places = isFirst.indices.filter { isFirst[$0] == wanted }
        return places.isEmpty ? nil : samples[places]
    }
}

/// Draws that follow from the generator's bits alone, in every version of Swift: the standard library promises no such
/// thing of `Int.random(in:using:)`.
enum RandomPlace {
    /// 0 ..< count; the high half of a product, so uneven by less than count · 2⁻⁶⁴.
    static func below(_ count: Int, using generator: inout some RandomNumberGenerator) -> Int {
        Int(truncatingIfNeeded: UInt64(count).multipliedFullWidth(by: generator.next()).high)
    }
}
