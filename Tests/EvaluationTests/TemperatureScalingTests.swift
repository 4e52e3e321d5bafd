// SPDX-License-Identifier: Apache-2.0
import Evaluation
import ResNet
import Testing

@Suite struct TemperatureScalingTests {
    /// Truths drawn from the probabilities themselves, so that the right temperature is known.
    private func samples(count: Int, temperature: Double) throws -> ScoredSamples {
        var generator = SplitMix64(seed: 3)
        var scores: [Double] = []
        var isDisease: [Bool] = []
        for _ in 0..<count {
            let honest = 0.02 + 0.96 * Double(generator.nextUnit())
            scores.append(TemperatureScaling(temperature: 1 / temperature).calibrated(honest))
            isDisease.append(Double(generator.nextUnit()) < honest)
        }
        return try ScoredSamples(scores: scores, isDisease: isDisease)
    }

    @Test(arguments: [0.5, 1, 2.5]) func `overconfidence is found and taken back`(temperature: Double) throws {
        let samples = try samples(count: 20_000, temperature: temperature)
        let scaling = TemperatureScaling(fittedTo: samples)
        #expect(abs(scaling.temperature / temperature - 1) < 0.03, "\(scaling.temperature)")
        #expect(
            Calibration(ScoredSamples(samples, scores: samples.scores.map(scaling.calibrated))).expectedCalibrationError
                < 0.015)
    }

    @Test func `the order stays, and so does the area under the curve`() throws {
        let samples = try samples(count: 300, temperature: 2)
        let scaled = ScoredSamples(
            samples, scores: samples.scores.map(TemperatureScaling(temperature: 3).calibrated))
        #expect(
            ROCCurve(ThresholdSteps(samples))?.areaUnderCurve == ROCCurve(ThresholdSteps(scaled))?.areaUnderCurve)
    }

    @Test func `scores that tell nothing or all run into a limit`() throws {
        let nothing = try ScoredSamples(scores: [0.5, 0.5], isDisease: [true, false])
        let all = try ScoredSamples(scores: [0.6, 0.4], isDisease: [true, false])
        #expect(TemperatureScaling(fittedTo: nothing).temperature == TemperatureScaling.limits.upperBound)
        #expect(TemperatureScaling(fittedTo: all).temperature == TemperatureScaling.limits.lowerBound)
    }

    @Test(arguments: [0, 1e-300, 0.5, 1]) func `every probability stays one`(probability: Double) {
        for temperature in [0.01, 1, 100] {
            #expect(0...1 ~= TemperatureScaling(temperature: temperature).calibrated(probability))
        }
    }
}
