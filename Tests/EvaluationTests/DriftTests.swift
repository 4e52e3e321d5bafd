// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import ResNet
import Testing

@testable import Evaluation

@Suite struct DriftTests {
    /// Scores whose distribution is uniform for `power` 1 and crowds near 0 above.
    private static func scores(_ count: Int, seed: UInt64, power: Double = 1) -> [Double] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in pow(Double(generator.nextUnit()), power) }
    }

    @Test func `each tenth of the hold-out has a bin, and a score on an edge falls above it`() throws {
        let scores: [Double] = (0..<100).map { Double($0) / 100 }
        let edges: [Double] = (1..<10).map { Double($0 * 10) / 100 }
        let distribution = try #require(ScoreDistribution(scores.shuffled()))
        #expect(distribution.edges == edges)
        #expect(distribution.counts == Array(repeating: 10, count: 10))
        #expect(distribution.counts(of: [0, 0.1, 0.0999, 1, 0.9]) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2])
        #expect(distribution.isPossible)
        #expect(ScoreDistribution([]) == nil)
    }

    @Test(arguments: [([0.5], [1]), ([0, 0, 1], [2, 1]), (Array(repeating: 0.25, count: 50) + [0.75], [51])])
    func `equal scores share a bin`(scores: [Double], counts: [Int]) throws {
        let distribution = try #require(ScoreDistribution(scores))
        #expect(distribution.counts == counts && distribution.isPossible)
    }

    /// By hand: e = (0.5, 0.5), a = (0.2, 0.8) but for the half images: Σ (a − e) ln(a / e) = 0.3 ln 4.
    @Test func `the index is that of its definition`() throws {
        let reference = try #require(
            ScoreDistribution([0.2, 0.2, 0.8, 0.8].flatMap { Array(repeating: $0, count: 100_000) }))
        #expect(reference.counts == [200_000, 200_000])
        let live = Array(repeating: 0.1, count: 100_000) + Array(repeating: 0.9, count: 400_000)
        let stability = try #require(PopulationStability(reference, live: live))
        #expect(abs(stability.index - 0.3 * log(4)) < 1e-4)
        #expect(abs(stability.chance - (1.0 / 500_000 + 1.0 / 400_000)) < 1e-15)
        #expect(stability.leavesBand)
    }

    @Test(arguments: [50, 100, 300, 2000], [100, 650]) func `the same people leave the band less than once in 50 weeks`(
        live: Int, holdout: Int
    ) throws {
        let left = try (0..<200).count { week in
            let reference = try #require(ScoreDistribution(Self.scores(holdout, seed: UInt64(week))))
            let scores = Self.scores(live, seed: UInt64(1000 + week))
            return try #require(PopulationStability(reference, live: scores)).leavesBand
        }
        #expect(left <= 4, "\(left) of 200")
    }

    @Test(arguments: [200, 2000]) func `other people leave it`(live: Int) throws {
        let reference = try #require(ScoreDistribution(Self.scores(650, seed: 1)))
        let stability = try #require(PopulationStability(reference, live: Self.scores(live, seed: 2, power: 2.5)))
        #expect(stability.leavesBand, "\(stability)")
    }

    @Test func `empty bins keep it finite`() throws {
        let reference = try #require(ScoreDistribution(Self.scores(100, seed: 1)))
        let stability = try #require(PopulationStability(reference, live: Array(repeating: 1, count: 1000)))
        #expect(stability.index.isFinite && stability.index > 1)
        #expect(PopulationStability(reference, live: []) == nil)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let outcomes: [String: Int]
        let power: Double
        let warnings: [String]
    }

    static let cases = [
        Case(
            testDescription: "as the hold-out", outcomes: ["disease": 150, "normal": 150, "ungradable": 6], power: 1,
            warnings: []),
        Case(
            testDescription: "other scores", outcomes: ["normal": 300, "ungradable": 6], power: 3,
            warnings: ["population stability index"]),
        Case(
            testDescription: "a dirty lens", outcomes: ["normal": 300, "ungradable": 60], power: 1,
            warnings: ["ungradable"]),
        Case(
            testDescription: "both", outcomes: ["normal": 300, "ungradable": 60], power: 3,
            warnings: ["index", "ungradable"]),
        Case(testDescription: "too few to say", outcomes: ["normal": 20, "ungradable": 20], power: 1, warnings: []),
        Case(
            testDescription: "rejected files count for nothing", outcomes: ["normal": 300, "rejected": 900], power: 1,
            warnings: []),
        Case(testDescription: "nothing came", outcomes: [:], power: 1, warnings: []),
    ]

    @Test(arguments: cases) func `a week is warned of where it leaves its band`(case tried: Case) throws {
        let reference = try #require(ScoreDistribution(Self.scores(650, seed: 3), ungradable: 13))
        let judged = tried.outcomes["disease", default: 0] + tried.outcomes["normal", default: 0]
        let week = Drift.Week(
            outcomes: tried.outcomes, scores: Self.scores(judged, seed: 4, power: tried.power))
        let drift = Drift(week, against: reference)
        #expect(drift.warnings.count == tried.warnings.count, "\(drift.warnings)")
        for (warning, words) in zip(drift.warnings, tried.warnings) { #expect(warning.contains(words)) }
        #expect(Drift(week, against: nil).stability == nil)
    }

    static let impossible = [
        #"{"edges":[0.5],"counts":[1]}"#, #"{"edges":[],"counts":[]}"#, #"{"edges":[0.5],"counts":[-1,2]}"#,
        #"{"edges":[0.5,0.5],"counts":[1,1,1]}"#, #"{"edges":[],"counts":[0]}"#,
        #"{"edges":[],"counts":[2],"ungradable":3}"#,
        #"{"edges":[0.5],"counts":[9223372036854775807,9223372036854775807]}"#,
    ]

    @Test(arguments: impossible) func `what can't be a distribution is found out`(text: String) throws {
        let distribution = try JSONDecoder().decode(ScoreDistribution.self, from: Data(text.utf8))
        #expect(!distribution.isPossible)
    }
}
