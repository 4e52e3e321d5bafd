// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Testing

@Suite struct SubgroupFiguresTests {
    @Test func `each name has its own figures, in order, and images without a name have none`() throws {
        let samples = try ScoredSamples(
            scores: [0.9, 0.2, 0.8, 0.4, 0.6], isDisease: [true, false, false, true, true])
        let parts = SubgroupFigures.all(
            samples, by: "source", names: ["b", "b", "a", "a", nil], threshold: 0.5)
        #expect(parts.map(\.name) == ["a", "b"])
        #expect(parts.map(\.areaUnderCurve) == [0, 1])
        #expect(parts.map(\.diseaseCount) == [1, 1] && parts.map(\.normalCount) == [1, 1])
        #expect(parts.map(\.matrix.sensitivity) == [Proportion(0, of: 1), Proportion(1, of: 1)])
    }
}
