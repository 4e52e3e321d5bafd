// SPDX-License-Identifier: Apache-2.0
import Evaluation
import ResNet
import Testing

/// Sets of images from which not every figure can be had: what can't be told is nil, and nothing traps.
@Suite struct EdgeCaseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let scores: [Double]
        let isDisease: [Bool]
        var areaUnderCurve: Double?
        var hasInterval = false
        var sensitivity: Double?
        var specificity: Double?
        var averagePrecision: Double?
    }

    static let cases = [
        Case(
            testDescription: "one image with disease", scores: [0.7], isDisease: [true], sensitivity: 1,
            averagePrecision: 1),
        Case(testDescription: "one normal image", scores: [0.7], isDisease: [false], specificity: 0),
        Case(
            testDescription: "one image each", scores: [0.7, 0.2], isDisease: [true, false], areaUnderCurve: 1,
            sensitivity: 1, specificity: 1, averagePrecision: 1),
        Case(
            testDescription: "disease only", scores: [0.1, 0.5, 0.9], isDisease: [true, true, true],
            sensitivity: 2 / 3.0, averagePrecision: 1),
        Case(
            testDescription: "normal only", scores: [0.1, 0.5, 0.9], isDisease: [false, false, false],
            specificity: 1 / 3.0),
        Case(
            testDescription: "all scores equal", scores: [0.5, 0.5, 0.5, 0.5], isDisease: [true, false, true, false],
            areaUnderCurve: 0.5, sensitivity: 1, specificity: 0, averagePrecision: 0.5),
        Case(
            testDescription: "0 and 1 themselves", scores: [0, 1, 0, 1], isDisease: [false, true, true, false],
            areaUnderCurve: 0.5, hasInterval: true, sensitivity: 0.5, specificity: 0.5, averagePrecision: 0.5),
        Case(
            testDescription: "the wrong way round", scores: [0.9, 0.8, 0.1, 0.2],
            isDisease: [false, false, true, true], areaUnderCurve: 0, sensitivity: 0, specificity: 0,
            averagePrecision: (1 / 3.0 + 2 / 4.0) / 2),
    ]

    @Test(arguments: cases) func `what can't be told is nil`(set: Case) throws {
        let samples = try ScoredSamples(scores: set.scores, isDisease: set.isDisease)
        var generator = SplitMix64(seed: 1)
        let figures = EvaluationFigures(
            samples, .init(threshold: 0.5, bootstrapReplicates: 50), using: &generator)
        #expect(figures.roc?.areaUnderCurve == set.areaUnderCurve)
        #expect((figures.areaUnderCurveInterval != nil) == set.hasInterval)
        #expect(figures.matrix.sensitivity.value == set.sensitivity)
        #expect(figures.matrix.specificity.value == set.specificity)
        #expect(figures.precisionRecall?.averagePrecision == set.averagePrecision)
        #expect(figures.calibration.bins.map(\.disease.trials).reduce(0, +) == set.scores.count)
        #expect((figures.choice != nil) == set.isDisease.contains(true))
        #expect(figures.temperature.temperature.isFinite)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, -0.001, 1.001]) func `what is no probability is refused`(
        value: Double
    ) throws {
        let failure = #expect(throws: EvaluationFailure.self) {
            try ScoredSamples(scores: [0.5, value], isDisease: [true, false])
        }
        guard case .notAProbability(let place, _) = failure else {
            return #expect(Bool(false), "\(String(describing: failure))")
        }
        #expect(place == 1)
        #expect(failure?.description.contains("score 2") == true)
    }

    @Test func `no image at all is refused`() {
        #expect(throws: EvaluationFailure.noSamples) { try ScoredSamples(scores: [], isDisease: []) }
    }
}
