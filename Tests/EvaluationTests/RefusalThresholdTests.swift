// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Testing

@Suite struct RefusalThresholdTests {
    /// 100 gradable pictures at 0.50, 0.505 … 0.995, and four ungradable ones.
    private static let gradable = (0..<100).map { 0.5 + Double($0) / 200 }
    private static let ungradable = [0.1, 0.4, 0.507, 0.9]
    private static let scores = gradable + ungradable
    private static let isGradable = gradable.map { _ in true } + ungradable.map { _ in false }

    @Test(arguments: [(0.0, 0, 2), (0.02, 2, 3), (0.029, 2, 3), (0.1, 10, 3), (0.85, 85, 4)])
    func `it is the highest that refuses few enough`(share: Double, refused: Int, found: Int) throws {
        let choice = try #require(
            RefusalThreshold(refusingAtMost: share, scores: Self.scores, isGradable: Self.isGradable))
        #expect(choice.gradableRefused.successes == refused && choice.gradableRefused.trials == 100)
        #expect(choice.ungradableFound.successes == found && choice.ungradableFound.trials == 4)
        // The next gradable picture above it would be one too many.
        #expect(Self.gradable.count { $0 < Self.gradable.first { $0 > choice.value }!.nextUp } > Int(share * 100))
        #expect(!Self.scores.contains(choice.value))
    }

    @Test func `equal scores stay or go together`() throws {
        let scores = [0.5, 0.5, 0.5, 0.7, 0.8, 0.2]
        let choice = try #require(
            RefusalThreshold(
                refusingAtMost: 0.4, scores: scores, isGradable: [true, true, true, true, true, false]))
        #expect(choice.value == 0.35 && choice.gradableRefused.successes == 0 && choice.ungradableFound.successes == 1)
    }

    @Test(arguments: [[0.0, 0.0], [1.0, 1.0]]) func `it lies inside 0 and 1`(scores: [Double]) throws {
        let choice = try #require(
            RefusalThreshold(refusingAtMost: 0.02, scores: scores, isGradable: [true, true]))
        #expect(0 < choice.value && choice.value < 1)
    }

    @Test func `without gradable pictures there is none`() {
        #expect(RefusalThreshold(refusingAtMost: 0.02, scores: [0.3], isGradable: [false]) == nil)
    }
}
