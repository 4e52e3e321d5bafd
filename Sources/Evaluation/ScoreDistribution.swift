// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// How a model's P(disease) spreads over its hold-out, in bins of about as many images each: what live scores are held against.
package struct ScoreDistribution: Codable, Sendable, Equatable {
    /// The file beside the model that holds it.
    package static let fileName = "scores.json"

    package static let binCount = 10

    /// Between the bins, rising; a score on an edge falls into the bin above it.
    package let edges: [Double]
    /// Images of the hold-out in each bin, one bin more than edges.
    package let counts: [Int]
    /// How many of the hold-out's pictures no one should judge; nil where nobody graded them.
    package let ungradable: Int?

    package var images: Int { counts.reduce(0, +) }

    /// Nil where there is no score.
    ///
    /// - Parameter scores: the hold-out's, 0…1, in any order.
    package init?(_ scores: [Double], ungradable: Int? = nil) {
        guard !scores.isEmpty else { return nil }
        let sorted = scores.sorted()
        // Equal scores may take several tenths: their edges then are one.
        let places = (1..<Self.binCount).map { sorted[$0 * sorted.count / Self.binCount] }
        let edges = Array(Set(places)).sorted().filter { $0 > sorted[0] }
        self.edges = edges
        counts = Self.counts(scores, edges)
        self.ungradable = ungradable
    }

    /// Whether what was read from a file can be one: who writes there may write anything.
    package var isPossible: Bool {
        counts.count == edges.count + 1 && counts.allSatisfy { (0...1_000_000_000).contains($0) } && images > 0
            && counts.count <= 1000 && zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
            && (ungradable.map { (0...images).contains($0) } ?? true)
    }

    /// How many of other scores fall into each bin.
    func counts(of scores: [Double]) -> [Int] { Self.counts(scores, edges) }

    private static func counts(_ scores: [Double], _ edges: [Double]) -> [Int] {
        var counts = [Int](repeating: 0, count: edges.count + 1)
        for score in scores { counts[edges.prefix { $0 <= score }.count] += 1 }
        return counts
    }
}

/// How far live scores have moved from the hold-out's: the population stability index, Σ (a − e) · ln(a / e).
///
/// The index and its band are the credit industry's: below 0.1 little has moved, above 0.25 much (N. Siddiqi, Credit Risk
/// Scorecards, 2006). It says that the pictures or the people are others, not that the model is wrong.
package struct PopulationStability: Sendable, Equatable {
    /// 0 where nothing has moved; without an upper bound.
    package let index: Double
    /// What chance alone gives on the average: (bins − 1) · (1/live + 1/hold-out). B. Yurdakul, Statistical Properties of
    /// Population Stability Index, 2018.
    package let chance: Double
    /// Live images that were scored.
    package let images: Int

    /// An index that is above it by more than chance gives says that much has moved.
    package static let band = 0.25
    /// With fewer, chance alone leaves the band too often.
    package static let leastImages = 100

    /// Nil where no live image was scored.
    package init?(_ reference: ScoreDistribution, live scores: [Double]) {
        precondition(reference.isPossible, "a distribution that was checked")
        guard !scores.isEmpty else { return nil }
        let (expected, actual) = (reference.counts, reference.counts(of: scores))
        let bins = Double(expected.count)
        // Half an image more in each bin: an empty one would make the index infinite.
        let (wanted, found) = (Double(reference.images) + bins / 2, Double(scores.count) + bins / 2)
        index = zip(expected, actual).reduce(0) { sum, bin in
            let (e, a) = ((Double(bin.0) + 0.5) / wanted, (Double(bin.1) + 0.5) / found)
            return sum + (a - e) * log(a / e)
        }
        chance = (bins - 1) * (1 / Double(scores.count) + 1 / Double(reference.images))
        images = scores.count
    }

    package var leavesBand: Bool { images >= Self.leastImages && index > Self.band + chance }
}
