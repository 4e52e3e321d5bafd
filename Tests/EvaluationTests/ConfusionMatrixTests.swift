// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Testing

@Suite struct ConfusionMatrixTests {
    /// The figures of the experiment that this project comes from, read the right way round: positive is disease.
    @Test func `each figure counts what its name says`() {
        let matrix = ConfusionMatrix(truePositives: 94, falsePositives: 58, trueNegatives: 92, falseNegatives: 6)
        #expect(matrix.sensitivity == Proportion(94, of: 100))
        #expect(matrix.specificity == Proportion(92, of: 150))
        #expect(matrix.positivePredictiveValue == Proportion(94, of: 152))
        #expect(matrix.negativePredictiveValue == Proportion(92, of: 98))
        #expect(matrix.accuracy == Proportion(186, of: 250))
        #expect(matrix.f1 == 188 / 252.0)
    }

    @Test func `a matrix without disease has no F1, and none without images`() {
        #expect(ConfusionMatrix(truePositives: 0, falsePositives: 0, trueNegatives: 3, falseNegatives: 0).f1 == nil)
    }

    /// 90 % sensitive and 90 % specific: of 100 alarms in a crowd where 1 % is ill, 8 are true.
    @Test(arguments: [(0.01, 0.009 / 0.108, 0.891 / 0.892), (0.5, 0.9, 0.9), (0, 0, 1), (1, 1, 0)])
    func `predictive values follow the share of disease`(prevalence: Double, positive: Double, negative: Double)
        throws
    {
        let matrix = ConfusionMatrix(truePositives: 90, falsePositives: 10, trueNegatives: 90, falseNegatives: 10)
        let values = matrix.predictiveValues(atPrevalence: prevalence)
        #expect(abs(try #require(values.positive) - positive) < 1e-12)
        #expect(abs(try #require(values.negative) - negative) < 1e-12)
    }

    @Test func `where nobody would be called ill, such calls have no value`() {
        let matrix = ConfusionMatrix(truePositives: 1, falsePositives: 0, trueNegatives: 1, falseNegatives: 0)
        #expect(matrix.predictiveValues(atPrevalence: 0) == (nil, 1))
        #expect(matrix.predictiveValues(atPrevalence: 1) == (1, nil))
    }

    @Test func `at the share of disease of the images, Bayes gives what was counted`() throws {
        let matrix = ConfusionMatrix(truePositives: 94, falsePositives: 58, trueNegatives: 92, falseNegatives: 6)
        let values = matrix.predictiveValues(atPrevalence: 100 / 250)
        #expect(abs(try #require(values.positive) - 94 / 152) < 1e-12)
        #expect(abs(try #require(values.negative) - 92 / 98) < 1e-12)
    }

    /// A score equal to the threshold is called disease, as in a verdict.
    @Test(arguments: [(0.0, 4), (0.2, 4), (0.20001, 3), (0.6, 2), (0.9, 1), (0.90001, 0), (1, 0)])
    func `at or above the threshold is disease`(threshold: Double, calledDisease: Int) throws {
        let samples = try ScoredSamples(scores: [0.2, 0.5, 0.6, 0.9], isDisease: [false, true, false, true])
        let matrix = ThresholdSteps(samples).matrix(at: threshold)
        #expect(matrix.calledDisease == calledDisease)
        #expect(matrix.count == 4)
    }
}
