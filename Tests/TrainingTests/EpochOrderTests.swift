// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Training

/// Which images an epoch takes.
@Suite struct EpochOrderTests {
    /// A large source with few images of disease, and a small one with ungradable pictures too.
    private static let targets: [TrainingTarget] =
        (0..<900).map { TrainingTarget(isDisease: $0 % 9 == 0, source: "large") }
        + (0..<100).map { TrainingTarget(isDisease: $0 < 40 ? $0 < 10 : nil, isGradable: $0 < 40, source: "small") }

    private static func draws(_ draw: Recipe.Draw, epoch: Int = 0, seed: UInt64 = 1) -> [ImageDraw] {
        EpochOrder.draws(targets, draw, epoch: epoch, seed: seed)
    }

    @Test func `shuffled takes every image once, in another order each epoch`() {
        let draws = Self.draws(.shuffled)
        #expect(draws.map(\.image).sorted() == Array(0..<1000) && draws.map(\.image) != Array(0..<1000))
        #expect(draws.allSatisfy { $0.repetition == 0 })
        #expect(draws != Self.draws(.shuffled, epoch: 1) && draws != Self.draws(.shuffled, seed: 2))
    }

    /// √900 : √100 is 3 : 1; two and three classes share their source's part.
    @Test func `balanced takes sources by the root of their counts and their classes equally`() {
        let taken = Self.draws(.balanced).map { Self.targets[$0.image] }
        #expect(taken.count == 1000)
        let counts = Dictionary(grouping: taken) { $0 }.mapValues(\.count)
        #expect(counts[TrainingTarget(isDisease: true, source: "large")] == 375)
        #expect(counts[TrainingTarget(isDisease: false, source: "large")] == 375)
        #expect(counts[TrainingTarget(isDisease: true, source: "small")] == 84)
        #expect(counts[TrainingTarget(isDisease: false, source: "small")] == 83)
        #expect(counts[TrainingTarget(isDisease: nil, isGradable: false, source: "small")] == 83)
    }

    @Test func `no image of a class comes twice more often than another`() {
        let draws = Self.draws(.balanced)
        let times = Dictionary(grouping: draws, by: \.image).mapValues(\.count)
        for (_, places) in Dictionary(grouping: Self.targets.indices, by: { Self.targets[$0] }) {
            let counts = places.map { times[$0] ?? 0 }
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        }
        for (_, again) in Dictionary(grouping: draws, by: \.image) {
            #expect(again.map(\.repetition) == Array(0..<again.count))
        }
    }

    @Test func `so many of the gradable pictures are damaged, others in each epoch`() {
        func damaged(_ share: Double, epoch: Int = 0) -> Set<Int> {
            let draws = EpochOrder.draws(Self.targets, .shuffled, damageShare: share, epoch: epoch, seed: 1)
            return Set(draws.filter(\.isDamaged).map(\.image))
        }
        #expect(damaged(0).isEmpty)
        #expect(damaged(1) == Set(Self.targets.indices.filter { Self.targets[$0].isGradable }))
        // 940 gradable pictures: 94 ± 4 deviations of 9.2.
        #expect(57...131 ~= damaged(0.1).count)
        #expect(damaged(0.1) == damaged(0.1) && damaged(0.1) != damaged(0.1, epoch: 1))
    }

    @Test func `seed and epoch decide, and over epochs every image comes`() {
        #expect(Self.draws(.balanced) == Self.draws(.balanced))
        #expect(Self.draws(.balanced) != Self.draws(.balanced, seed: 2))
        let seen = (0..<20).reduce(into: Set<Int>()) { $0.formUnion(Self.draws(.balanced, epoch: $1).map(\.image)) }
        #expect(seen.count == 1000)
    }

    @Test func `images without a source are of one`() {
        let targets = (0..<10).map { TrainingTarget(isDisease: $0 < 2) }
        let taken = EpochOrder.balanced(targets, epoch: 0, seed: 1)
        #expect(taken.count { $0 < 2 } == 5)
    }

    @Test(arguments: [(10, [1.0, 1, 1], [4, 3, 3]), (7, [0.5, 2.5], [1, 6]), (0, [1, 2], [0, 0]), (3, [1], [3])])
    func `whole parts add up`(total: Int, weights: [Double], parts: [Int]) {
        #expect(EpochOrder.apportioned(total, by: weights) == parts)
    }
}
