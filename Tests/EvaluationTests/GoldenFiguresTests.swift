// SPDX-License-Identifier: Apache-2.0
import Evaluation
import ResNet
import Testing

/// Every figure against scikit-learn's on 20 files of random scores.
@Suite struct GoldenFiguresTests {
    private static let tolerance = 1e-6

    private func expect(
        _ value: Double?, _ expected: Double?, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard let value, let expected else {
            return #expect(value == nil && expected == nil, "\(what)", sourceLocation: sourceLocation)
        }
        #expect(
            abs(value - expected) <= Self.tolerance, "\(what): \(value), not \(expected)",
            sourceLocation: sourceLocation)
    }

    private func expect(
        _ interval: Interval?, _ expected: [Double]?, _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(interval?.lower, expected?[0], "\(what), lower", sourceLocation: sourceLocation)
        expect(interval?.upper, expected?[1], "\(what), upper", sourceLocation: sourceLocation)
    }

    private func expect(
        _ proportion: Proportion, _ expected: [Double]?, _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(proportion.value, expected?[0], what, sourceLocation: sourceLocation)
        expect(proportion.interval, expected.map { Array($0.dropFirst()) }, what, sourceLocation: sourceLocation)
    }

    @Test func `there are twenty files`() { #expect(GoldenCase.all.count == 20) }

    @Test(arguments: GoldenCase.all) func `figures at a threshold, with Wilson's intervals`(file: GoldenCase) {
        let matrix = ThresholdSteps(file.samples).matrix(at: file.expected.threshold)
        let counts = [matrix.truePositives, matrix.falsePositives, matrix.trueNegatives, matrix.falseNegatives]
        #expect(counts == file.expected.counts)
        expect(matrix.sensitivity, file.expected.sensitivity, "sensitivity")
        expect(matrix.specificity, file.expected.specificity, "specificity")
        expect(matrix.positivePredictiveValue, file.expected.positivePredictiveValue, "PPV")
        expect(matrix.negativePredictiveValue, file.expected.negativePredictiveValue, "NPV")
        expect(matrix.accuracy, file.expected.accuracy, "accuracy")
        expect(matrix.f1, file.expected.f1, "F1")
    }

    @Test(arguments: GoldenCase.all) func `ROC, AUC and DeLong's interval`(file: GoldenCase) throws {
        let curve = try #require(ROCCurve(ThresholdSteps(file.samples)))
        expect(curve.areaUnderCurve, file.expected.auc, "AUC")
        expect(
            DeLongInterval.interval(file.samples, areaUnderCurve: curve.areaUnderCurve), file.expected.aucInterval,
            "DeLong")
        let points = curve.points.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        try #require(points.count == file.expected.roc.count)
        for (point, expected) in zip(points, file.expected.roc) {
            expect(point.falsePositiveRate, expected[0], "false positive rate")
            expect(point.truePositiveRate, expected[1], "true positive rate")
        }
    }

    @Test(arguments: GoldenCase.all) func `precision and recall`(file: GoldenCase) throws {
        let curve = try #require(PrecisionRecallCurve(ThresholdSteps(file.samples)))
        expect(curve.averagePrecision, file.expected.averagePrecision, "average precision")
        let points = curve.points.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        try #require(points.count == file.expected.precisionRecall.count)
        for (point, expected) in zip(points, file.expected.precisionRecall) {
            expect(point.precision, expected[0], "precision")
            expect(point.recall, expected[1], "recall")
            expect(point.threshold, expected[2], "threshold")
        }
    }

    @Test(arguments: GoldenCase.all) func `calibration, in bins and without`(file: GoldenCase) throws {
        let calibration = Calibration(file.samples)
        expect(calibration.brierScore, file.expected.brierScore, "Brier score")
        expect(calibration.logLoss, file.expected.logLoss, "log loss")
        expect(calibration.expectedCalibrationError, file.expected.expectedCalibrationError, "ECE")
        expect(calibration.equalMassCalibrationError, file.expected.equalMassCalibrationError, "equal-mass ECE")
        try #require(calibration.bins.count == file.expected.bins.count)
        for (bin, expected) in zip(calibration.bins, file.expected.bins) {
            expect(bin.meanProbability, expected[0], "mean probability of a bin")
            expect(bin.disease.value, expected[1], "share of disease of a bin")
            #expect(bin.disease.trials == Int(expected[2]))
        }
    }

    @Test(arguments: GoldenCase.all) func `the temperature that fits best`(file: GoldenCase) {
        let scaling = TemperatureScaling(fittedTo: file.samples)
        // Outside, the scores separate the classes fully or tell nothing, and scikit-learn's search ends anywhere.
        if 0.02...99 ~= file.expected.temperature {
            let scale = max(1, file.expected.temperature)
            expect(scaling.temperature / scale, file.expected.temperature / scale, "temperature")
        } else {
            #expect(scaling.isAtLimit)
        }
    }

    @Test(arguments: GoldenCase.all) func `the highest threshold that reaches a sensitivity`(file: GoldenCase) throws {
        let choice = try #require(ThresholdChoice(reaching: 0.9, ThresholdSteps(file.samples)))
        expect(choice.threshold, file.expected.chosen[0], "threshold")
        expect(choice.matrix.sensitivity.value, file.expected.chosen[1], "sensitivity")
        expect(choice.matrix.specificity.value, file.expected.chosen[2], "specificity")
    }

    @Test(arguments: zip(GoldenCase.all, 0..<20)) func `intervals by drawing people`(file: GoldenCase, seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let bootstrap = GroupBootstrap(
            file.samples, threshold: file.expected.threshold, replicates: 100, using: &generator)
        let expected = file.expected.bootstrap
        expect(bootstrap.sensitivity, expected["sensitivity"] ?? nil, "sensitivity")
        expect(bootstrap.positivePredictiveValue, expected["positive_predictive_value"] ?? nil, "PPV")
        expect(bootstrap.f1, expected["f1"] ?? nil, "F1")
        expect(bootstrap.areaUnderCurve, expected["auc"] ?? nil, "AUC")
        expect(bootstrap.averagePrecision, expected["average_precision"] ?? nil, "average precision")
    }
}
